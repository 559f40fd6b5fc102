/** export to a model folder, and of several models' mean. */
import { readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportCommands } from '../../../../test/support/export-commands.ts';
import { LABEL_SETS } from '../../../labels/sets/label-sets.ts';
import { IMAGENET_PREPROCESSING } from '../../../image/preprocess.ts';
import { evaluate } from '../../../evaluation/evaluate.ts';
import { segmenterPredictions } from '../../../evaluation/segmenter-predictions.ts';
import { createPredictor } from '../../../inference/predictor.ts';
import { architecture } from '../../../models/architectures.ts';
import type { ModelDescription } from '../../../models/model.ts';
import { networkParameters } from '../../../models/network.ts';
import { initialize } from '../../../nn/initialize.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import { decodeDatasetImage, openDatasetAt } from '../../../platform/node/dataset-files.ts';
import { openImage } from '../../../platform/node/image-source.ts';
import { loadWeights, readModelFolder } from '../../../platform/node/model-folder.ts';
import { SHIPPED_MODELS } from '../../../platform/node/model-location.ts';
import { writeModelFolder } from '../../../platform/node/write-model-folder.ts';
import { float32 } from '../../../tensor/tensor.ts';
import { halfWeights, widenWeights } from '../../../tensor/float16.ts';
import type { Weights } from '../../../tensor/weights.ts';
import { weightsFingerprint } from '../../../training/step/teacher.ts';
import { meanOfWeights } from '../../../weights/mean-of-weights.ts';
import { readSafetensors, writeSafetensors } from '../../../weights/safetensors.ts';
import { main } from '../../main.ts';

const { inRoot, report, model, terminal } = exportCommands();

const DESCRIPTION = {
  definition: architecture('refinenet-lw-mobilenetv2', 11),
  classes: LABEL_SETS.camvid.classes,
  preprocessing: IMAGENET_PREPROCESSING,
} satisfies ModelDescription;

/** Writes a model of drawn weights into a folder of that name. */
async function drawn(name: string, seed: number, changes: Partial<ModelDescription> = {}): Promise<string> {
  const description = { ...DESCRIPTION, ...changes };
  const weights = initialize(networkParameters(description.definition), seed);
  const card = { title: name, architecture: 'narrow', origin: 'Drawn at random.' };
  await writeModelFolder(inRoot(name), { ...description, weights }, card);
  return inRoot(name);
}

const storedIn = async (folder: string): Promise<Weights> =>
  readSafetensors(await readFile(join(folder, 'model.safetensors'))).weights;

describe('export --format folder', () => {
  test('writes a model folder in float16, which is read as the one it was made of', async () => {
    const output = inRoot('half');
    const result = await report('--format', 'folder', '--precision', 'float16', '--output', output);
    expect(result).toMatchObject({ code: 0, format: 'folder', path: output });
    expect((await readdir(output)).sort()).toEqual(
      ['README.md', 'config.json', 'model.safetensors', 'preprocessor_config.json'].sort(),
    );
    const [one, other] = [await readModelFolder(model()), await readModelFolder(output)];
    expect(other).toMatchObject({
      definition: one.definition,
      classes: one.classes,
      preprocessing: one.preprocessing,
    });
    const [given, stored] = [await loadWeights(one), await storedIn(output)];
    expect([...stored.keys()].sort()).toEqual([...given.keys()].sort());
    expect([...stored.values()].filter(({ dtype }) => dtype === 'float32')).toEqual([]);
    expect(weightsFingerprint(await loadWeights(other))).toBe(weightsFingerprint(widenWeights(halfWeights(given))));
  });

  test('lets the model see images at another size from then on', async () => {
    const output = inRoot('resized');
    expect(await report('--format', 'folder', '--resize', '432', '--output', output)).toMatchObject({ code: 0 });
    expect((await readModelFolder(model())).preprocessing.resize).toBeNull();
    expect((await readModelFolder(output)).preprocessing.resize).toEqual({ shortestEdge: 432 });
  });

  test('in int8 keeps the ranges beside, from which int8 runs', async () => {
    const output = inRoot('ranged');
    const argv = ['--format', 'folder', '--precision', 'int8', '--calibration', inRoot('photos'), '--output', output];
    const result = await report(...argv);
    expect(result).toMatchObject({ code: 0, comparedImages: 3 });
    expect((result as { agreement?: number }).agreement).toBeGreaterThan(0.5);
    const ranges = await readFile(join(output, 'quantization.json'), 'utf8');
    expect(JSON.parse(ranges).calibration).toEqual({ images: 3 });
    const predictor = await createPredictor(await readModelFolder(output), await nodeBackend(), { precision: 'int8' });
    const { labels } = await predictor.segment(await openImage(inRoot('photos/0.png')));
    await predictor.dispose();
    expect(labels).toMatchObject({ width: 96, height: 64 });
    // Exported once more, without images to calibrate on: what the ranges were found on is still said. The weights may lie elsewhere.
    await rename(join(output, 'model.safetensors'), inRoot('blob'));
    await symlink(inRoot('blob'), join(output, 'model.safetensors'));
    expect(await main(['export', output, '--format', 'folder', '--output', inRoot('again')]), terminal.noted).toBe(0);
    expect(await readFile(inRoot('again/quantization.json'), 'utf8')).toBe(ranges);
  });
});

describe('export of weights in float16', () => {
  test('measures what is written, before it is written over the model', async () => {
    const output = await drawn('in place', 5);
    const before = await storedIn(output);
    const argv = ['export', output, '--format', 'folder', '--precision', 'float16', '--dataset', inRoot('data')];
    expect(await main([...argv, '--output', output, '--force', '--json']), terminal.noted).toBe(0);
    const { comparison } = JSON.parse(terminal.printed.trim().split('\n').at(-1) as string);
    expect(comparison.scores.map(({ precision }: { precision: string }) => precision)).toEqual(['float32', 'float16']);
    expect(weightsFingerprint(await storedIn(output))).toBe(weightsFingerprint(halfWeights(before)));
    const dataset = await openDatasetAt(inRoot('data'));
    const predictor = await createPredictor(await readModelFolder(output), await nodeBackend(), {});
    const { metrics } = await evaluate(dataset, segmenterPredictions(predictor), {
      split: 'val',
      decodeImage: decodeDatasetImage,
    });
    await predictor.dispose();
    expect(comparison.scores[1].meanIoU).toBe(metrics.meanIoU);
  });

  test.each(['folder', 'safetensors'])('is refused as %s where a number is too large', async (format) => {
    const large = await drawn(`large ${format}`, 1);
    const weights = new Map(await storedIn(large));
    const name = 'encoder.features.0.1.running_var';
    expect([...weights.keys()]).toContain(name);
    const { shape } = weights.get(name) as { readonly shape: readonly number[] };
    weights.set(name, float32(shape, new Float32Array(shape[0] as number).fill(70000)));
    await writeFile(join(large, 'model.safetensors'), Buffer.concat([...writeSafetensors(weights)]));
    const output = inRoot(`too large ${format}`);
    expect(await main(['export', large, '--format', format, '--precision', 'float16', '--output', output])).toBe(1);
    expect(terminal.noted).toContain(`${name} holds 70000, but float16 ends at 65504. Export the model in float32.`);
    await expect(stat(output)).rejects.toThrow('ENOENT');
  });
});

describe('export --crf', () => {
  test('puts a conditional random field behind the network, and takes it away, with the same weights', async () => {
    const [plain, field, without] = [await drawn('plain', 1), inRoot('field'), inRoot('without')];
    for (const [from, weight, to] of [
      [plain, '2.5', field],
      [field, '0', without],
    ] as const) {
      expect(await main(['export', from, '--crf', weight, '--format', 'folder', '--output', to]), terminal.noted).toBe(
        0,
      );
    }
    const decoder = async (folder: string) => (await readModelFolder(folder)).definition.decoder;
    expect((await decoder(field)).crf).toEqual({ dilations: [3], color: 0.226, weight: 2.5, iterations: 3 });
    expect(await decoder(without)).toEqual(await decoder(plain));
    expect(weightsFingerprint(await storedIn(field))).toBe(weightsFingerprint(await storedIn(plain)));
  });

  test.each(['onnx', 'huggingface'])('is part of a model as %s, checked as such', async (format) => {
    const argv = ['export', await drawn(`to ${format}`, 1), '--crf', '4', '--format', format, '--json'];
    expect(await main([...argv, '--output', inRoot(`as ${format}`)]), terminal.noted).toBe(0);
    const { difference } = JSON.parse(terminal.printed.trim().split('\n').at(-1) as string);
    expect(difference).toBeLessThan(1e-4);
  });

  test('has no weight below 0', async () => {
    const argv = ['export', await drawn('negative', 1), '--format', 'folder', '--output', inRoot('negative field')];
    expect(await main([...argv, '--crf', '-1'])).toBe(2);
    expect(terminal.noted).toContain('--crf takes a number from 0 to 1000, got "-1".');
  });

  test('is no part of weights alone', async () => {
    const argv = ['export', await drawn('refused', 1), '--format', 'safetensors', '--output', inRoot('refused.st')];
    expect(await main([...argv, '--crf', '2'])).toBe(2);
    expect(terminal.noted).toContain(
      'safetensors holds weights alone, and no --crf. A folder has both: --format folder.',
    );
  });
});

describe('every shipped model', () => {
  test.each(SHIPPED_MODELS)('%s is exported in float16, and checked', async (name) => {
    const argv = ['export', name, '--precision', 'float16', '--output', inRoot(`${name}.onnx`), '--json'];
    expect(await main(argv), terminal.noted).toBe(0);
    const { difference } = JSON.parse(terminal.printed.trim().split('\n').at(-1) as string);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(1e-2);
  });
});

describe('export --mean-with', () => {
  test("writes the mean of the models' weights, with the first one's preprocessing", async () => {
    const preprocessing = { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 64 } };
    const [one, two, three] = [
      await drawn('one', 1),
      await drawn('two', 2, { preprocessing }),
      await drawn('three', 3),
    ];
    const output = inRoot('mean');
    const argv = ['export', one, '--mean-with', two, '--mean-with', three, '--format', 'folder', '--output', output];
    expect(await main(argv), terminal.noted).toBe(0);
    expect(terminal.printed).toContain('The mean of the weights of 3 models\n');
    const expected = meanOfWeights([await storedIn(one), await storedIn(two), await storedIn(three)]);
    expect(weightsFingerprint(await storedIn(output))).toBe(weightsFingerprint(expected));
    expect((await readModelFolder(output)).preprocessing.resize).toBeNull();
  });

  test('exports the mean in every other format, checked as a model', async () => {
    const [one, two] = [await drawn('first', 1), await drawn('second', 2)];
    for (const format of ['onnx', 'huggingface', 'safetensors']) {
      const argv = ['export', one, '--mean-with', two, '--format', format, '--output', inRoot(format), '--json'];
      expect(await main(argv), terminal.noted).toBe(0);
      const { difference, ...result } = JSON.parse(terminal.printed.trim().split('\n').at(-1) as string);
      expect(result).toMatchObject({ model: one, meanWith: [two] });
      if (format === 'safetensors') expect(difference).toBeUndefined();
      else expect(difference).toBeLessThan(1e-4);
    }
    const mean = weightsFingerprint(meanOfWeights([await storedIn(one), await storedIn(two)]));
    for (const folder of ['huggingface', 'safetensors']) {
      expect(weightsFingerprint(await storedIn(inRoot(folder))), folder).toBe(mean);
    }
  });

  test('takes models in float16, also shipped ones, and says that the ranges for int8 are not those of the mean', async () => {
    const other = inRoot('of general');
    const noRanges = async (argv: readonly string[]) => {
      expect(await main(['export', 'general', ...argv, '--format', 'folder']), terminal.noted).toBe(0);
      return (await readModelFolder(argv.at(-1) as string)).ranges === undefined;
    };
    expect(await noRanges(['--output', other])).toBe(false);
    expect(terminal.noted).toBe('');
    expect(await noRanges(['--mean-with', other, '--output', inRoot('of both')])).toBe(true);
    expect(terminal.noted).toMatch(/The ranges for int8 of .*general are not those of the mean, and are left out\./);
    const [mean, single] = [await storedIn(inRoot('of both')), await storedIn(other)];
    const differing = [...single].filter(([name, { data }]) => {
      const found = mean.get(name)?.data as Float32Array;
      return (data as Float32Array).some((value, index) => value !== found[index]);
    });
    expect(differing).toEqual([]);
  });

  test('refuses models of which there is no mean, each with what differs', async () => {
    const one = await drawn('alone', 1);
    const refused = async (other: string): Promise<string> => {
      expect(await main(['export', one, '--mean-with', other, '--output', inRoot('none')])).toBe(2);
      return terminal.noted;
    };
    const classes = DESCRIPTION.classes.map((each, id) => (id === 3 ? { ...each, name: 'street' } : each));
    expect(await refused(await drawn('otherwise', 2, { classes }))).toContain(
      `otherwise has no mean with ${one}: its classes are others (3 is street, not road). Give models that were trained from a common beginning.`,
    );
    const definition = { ...DESCRIPTION.definition, encoderStride: 16 as const };
    expect(await refused(await drawn('dilated', 2, { definition }))).toContain(
      'its network is another form of refinenet-lw-mobilenetv2',
    );
    expect(await refused(inRoot('photos'))).toContain('photos/config.json cannot be read');
    expect(await refused(one)).toContain('alone is named twice: a mean is of different trainings. Name each once.');
  });
});
