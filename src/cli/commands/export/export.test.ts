/** export to a model folder, and of several models' mean. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportCommands } from '../../../../test/support/export-commands.ts';
import { LABEL_SETS } from '../../../labels/sets/label-sets.ts';
import { IMAGENET_PREPROCESSING } from '../../../image/preprocess.ts';
import { createPredictor } from '../../../inference/predictor.ts';
import { architecture } from '../../../models/architectures.ts';
import type { ModelDescription } from '../../../models/model.ts';
import { networkParameters } from '../../../models/network.ts';
import { initialize } from '../../../nn/initialize.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import { openImage } from '../../../platform/node/image-source.ts';
import { loadWeights, readModelFolder, writeModelFolder } from '../../../platform/node/model-folder.ts';
import { halfWeights, widenWeights } from '../../../tensor/float16.ts';
import type { Weights } from '../../../tensor/weights.ts';
import { weightsFingerprint } from '../../../training/step/teacher.ts';
import { meanOfWeights } from '../../../weights/mean-of-weights.ts';
import { readSafetensors } from '../../../weights/safetensors.ts';
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
    expect(await report(...argv)).toMatchObject({ code: 0 });
    const ranges = await readFile(join(output, 'quantization.json'), 'utf8');
    expect(JSON.parse(ranges).calibration).toEqual({ images: 3 });
    const predictor = await createPredictor(await readModelFolder(output), await nodeBackend(), { precision: 'int8' });
    const { labels } = await predictor.segment(await openImage(inRoot('photos/0.png')));
    await predictor.dispose();
    expect(labels).toMatchObject({ width: 96, height: 64 });
    // Exported once more, without images to calibrate on: what the ranges were found on is still said.
    expect(await main(['export', output, '--format', 'folder', '--output', inRoot('again')]), terminal.noted).toBe(0);
    expect(await readFile(inRoot('again/quantization.json'), 'utf8')).toBe(ranges);
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
      const { difference = 0, ...result } = JSON.parse(terminal.printed.trim().split('\n').at(-1) as string);
      expect(result).toMatchObject({ model: one, meanWith: [two] });
      expect(difference).toBeLessThan(1e-4);
    }
    const mean = meanOfWeights([await storedIn(one), await storedIn(two)]);
    expect(weightsFingerprint(await storedIn(inRoot('huggingface')))).toBe(weightsFingerprint(mean));
  });

  test('refuses models of which there is no mean, each with what differs', async () => {
    const one = await drawn('alone', 1);
    const refused = async (other: string): Promise<string> => {
      expect(await main(['export', one, '--mean-with', other, '--output', inRoot('none')])).toBe(2);
      return terminal.noted;
    };
    const classes = DESCRIPTION.classes.map((each, id) => (id === 3 ? { ...each, name: 'street' } : each));
    expect(await refused(await drawn('otherwise', 2, { classes }))).toContain(
      'otherwise has no mean with the first model: its classes are others (3 is street, not road). Give models that were trained from a common beginning.',
    );
    const definition = { ...DESCRIPTION.definition, encoderStride: 16 as const };
    expect(await refused(await drawn('dilated', 2, { definition }))).toContain('its network is another one');
    expect(await refused(inRoot('photos'))).toContain('photos');
  });
});
