import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { writeDrawnDataset } from '../../../../test/support/drawn/dataset.ts';
import { temporaryFolder } from '../../../../test/support/synthetic-model.ts';
import { architecture } from '../../../models/architectures.ts';
import { main } from '../../main.ts';

const terminal = captureOutput();

/** Where runs would be written if no folder is named. */
const before = process.cwd();
let folder: string;
let data: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeDrawnDataset(join(folder, 'discs'));
  process.chdir(folder);
  await writeFile('net.json', JSON.stringify(architecture('refinenet-lw-mobilenetv2', 2)));
  await writeFile('net.yaml', 'encoder: mobilenetv2');
});
afterAll(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});

test.each([
  [['train'], 'train: no data set was given. Give its folder, or --resume RUN.'],
  [['train', '--resume', '/nowhere'], '/nowhere holds no run: there is no config.json in it.'],
  [['train', 'DATA', '--resume', '/nowhere', '--preset', 'default'], '--preset belongs to a new run'],
  [['train', 'DATA', '--resume', '/nowhere', '--image-pooling'], '--image-pooling belongs to a new run'],
  [['train', 'DATA', '--resume', '/nowhere', '--dropout', '0.2'], '--dropout belongs to a new run'],
  [['train', 'DATA', '--dropout', '1'], '--dropout'],
  [['train', 'DATA', '--image-pooling', 'mean'], '--image-pooling takes summed, projected; got "mean".'],
  [['train', 'DATA', '--resume', '/nowhere', '--encoder-stride', '16'], '--encoder-stride belongs to a new run'],
  [['train', 'DATA', '--encoder-stride', '12'], '--encoder-stride takes 8, 16, 32; got "12".'],
  [['train', 'DATA', '--resume', '/nowhere', '--network', 'network.json'], '--network belongs to a new run'],
  [['train', 'DATA', '--network', '/nowhere.json'], '--network: there is no file /nowhere.json.'],
  [['train', 'DATA', '--network', 'net.json', '--blocks', '1'], 'The network is given as a whole: leave blocks out'],
  [['train', 'DATA', '--loss', 'hinge'], '--loss takes cross-entropy, focal, dice, lovasz-softmax, distill, or a sum'],
  [
    ['train', 'DATA', '--schedule', 'multi-step'],
    '--schedule takes constant, poly, cosine, one-cycle, or multi-step with',
  ],
  [
    ['train', 'DATA', '--mix', 'mixup'],
    '--mix takes cutmix, classmix, copy-paste, each with a probability from 0 to 1',
  ],
  [['train', 'DATA', '--mix', 'cutmix:0.5,classmix:2'], '; got "cutmix:0.5,classmix:2"'],
  [['train', 'DATA', '--mix', 'cutmix:0.5:first'], 'what counts as background (none, first, most-frequent, common)'],
  [['train', 'DATA', '--oversample', 'coco-*'], '--oversample takes names with how often each such image'],
  [['train', 'DATA', '--oversample', 'rare:2'], 'such as rare:0.1; got "rare:2"'],
  [['train', 'DATA', '--oversample', 'coco-*:4'], 'The pattern "coco-*" fits no training image. Names look like 0;'],
  [['train', 'DATA', '--loss', 'dice:1:2'], 'distill also with its temperature such as cross-entropy+distill:0.5:2'],
  [['train', 'DATA', '--loss', 'cross-entropy+distill'], 'but there is none (give a model of the same classes, in'],
  [
    ['train', 'DATA', '--teacher', 'nuclei'],
    'The teacher does not fit: its classes are others (0 is background, not ground',
  ],
  [['train', 'DATA', '--widths', '256,0'], '--widths takes whole numbers from 1 to 4096'],
  [['train', 'DATA', '--widths', '64,32'], 'The network has 4 paths and needs a width for each, the coarsest first'],
  [['train', 'DATA', '--weights', 'nuclei', '--widths', '64'], 'have their widths already (256,256,256,256,256,256)'],
  [['train', 'DATA', '--class-weights', 'some'], '--class-weights takes none, auto, or one number a class'],
  [['train', 'DATA', '--class-weights', '1,,2'], 'or one number a class such as 1,2,0.5; got "1,,2"'],
  [['train', 'DATA', '--class-weights', '0,0'], 'one class weight at least is positive, got 0, 0'],
  [['train', 'DATA', '--scale', '1,20'], 'both above 0 and at most 16, such as 0.5,2; got "1,20"'],
  [['train', 'DATA', '--hold-out=-0.2'], 'The share of train to hold out is above 0 and below 1, got -0.2.'],
  [['train', 'DATA', '--crop', '32', '--batch', '1'], 'Batches of 1 at 32x32 cannot be trained on:'],
  [['train', 'DATA', '--weights', '/nowhere.pth'], '--weights: there is no /nowhere.pth.'],
  [['train', 'DATA', '--crop', '20000'], 'take about'],
  [['train', 'DATA', '--crop-by', 'rare'], '--crop-by takes random, class; got "rare".'],
  [['train', 'DATA', '--freeze', 'backbone.*'], 'The pattern "backbone.*" fits no parameter.'],
])('refuses %j as wrong usage', async (args, message) => {
  const given = args.map((each) => (each === 'DATA' ? data : each));
  expect(await main(given)).toBe(2);
  expect(terminal.noted).toContain(message);
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});

test('refuses a network that is no JSON', async () => {
  expect(await main(['train', data, '--network', 'net.yaml'])).toBe(1);
  expect(terminal.noted).toContain('net.yaml is no JSON (');
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});

test('refuses data with a single scored class before anything is written', async () => {
  const single = await writeDrawnDataset(join(folder, 'single'), { single: true });
  expect(await main(['train', single])).toBe(1);
  expect(terminal.noted).toContain(`${single} cannot be trained on as it is.\nOnly one class is scored`);
  expect(terminal.noted).toContain('disc: all of train');
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});
