import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NARROW_REFINENET, waves } from '../../test/support/synthetic-model.ts';
import type { Value } from '../graph/value.ts';
import { reach } from '../graph/walk.ts';
import { preprocess, IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { LABEL_SETS } from '../labels/sets/label-sets.ts';
import type { Model } from '../models/model.ts';
import { network, networkParameters } from '../models/network.ts';
import { PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
import { initialize } from '../nn/initialize.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import type { Backend } from '../runtime/backend.ts';
import { relativeDifference } from './check-export.ts';
import { type Inspection, Inspector } from './inspector.ts';
import { networkSession } from './network-session.ts';
import { Segmenter } from './segmenter.ts';

/** A small file that a shorter side of 432 makes 187 million pixels of. */
const STRIP = { width: 40, height: 40_000, data: new Uint8Array(3 * 40 * 40_000) };

const TOO_LARGE =
  'The image of 40 x 40000 pixels would be enlarged to 432 x 432000 before it enters the network, more than the 64000000 pixels allowed. ' +
  'Crop it, or give the model another size in its preprocessing.';

const [WIDTH, HEIGHT] = [96, 64];
const CLASSES = LABEL_SETS.camvid.classes;
const image = { width: WIDTH, height: HEIGHT, data: new Uint8Array(waves(WIDTH, HEIGHT)) };

/** All kinds of stations in a network that is quickly run. */
const model = ((): Model => {
  const weights = initialize(networkParameters(NARROW_REFINENET), 3);
  return { definition: NARROW_REFINENET, weights, classes: CLASSES, preprocessing: IMAGENET_PREPROCESSING };
})();

let backend: Backend;
let inspector: Inspector;
let inspection: Inspection;
beforeAll(async () => {
  backend = await nodeBackend();
  inspector = await Inspector.create(model, backend);
  inspection = await inspector.inspect(image);
});
afterAll(() => inspector?.dispose());

describe('an inspection', () => {
  test('has at every station the features that the graph has there, found by the names in it', async () => {
    const logits = network(model.definition, pixelValues({ batch: 1 }));
    const ends = new Map<string, Value>();
    for (const { scope, outputs } of reach([logits]).nodes) ends.set(scope, outputs[0] as Value);
    const cut = inspection.stations.filter(({ kind }) => kind !== 'encoder');
    expect(cut.length).toBeGreaterThan(25);
    const session = await networkSession(
      Object.fromEntries(cut.map(({ name }) => [name, ends.get(name) as Value])),
      model,
      backend,
    );
    const values = await session.run({ [PIXEL_VALUES]: preprocess([image], model.preprocessing) });
    await session.dispose();
    for (const { name } of cut) {
      const found = inspection.tensor(name);
      expect(found.shape, name).toEqual(values[name]?.shape);
      expect(relativeDifference(values[name]?.data as Float32Array, found.data), name).toBeLessThan(1e-4);
    }
  });

  test('has the features of the encoder that the reductions take', () => {
    for (const { name, channels, stride } of inspection.stations.filter(({ kind }) => kind === 'encoder')) {
      const { shape, data } = inspection.tensor(name);
      expect(shape).toEqual([1, channels, HEIGHT / stride, WIDTH / stride]);
      expect(data.some((value) => value > 0)).toBe(true);
      expect(data.every((value) => value >= 0)).toBe(true);
    }
  });

  test('has the labels that segmenting gives', async () => {
    const segmenter = await Segmenter.create(model, backend);
    const { labels } = await segmenter.segment(image);
    await segmenter.dispose();
    expect([...inspection.labels.data]).toEqual([...labels.data]);
  });

  test('ends with the random field where there is one, before which the classifier has labels of its own', async () => {
    const crf = { dilations: [1], color: 0.3, weight: 20, iterations: 2 };
    const definition = { ...model.definition, decoder: { ...model.definition.decoder, crf } };
    const field = { ...model, definition };
    const [segmenter, inspector] = [await Segmenter.create(field, backend), await Inspector.create(field, backend)];
    const { labels } = await segmenter.segment(image);
    const inside = await inspector.inspect(image);
    expect(inside.stations.at(-1)).toMatchObject({ name: 'decoder.crf', kind: 'crf', inputs: ['decoder.classifier'] });
    expect([...inside.labels.data]).toEqual([...labels.data]);
    expect(await inside.classes('decoder.crf')).toEqual({ labels: inside.labels, by: 'network' });
    const before = await inside.classes('decoder.classifier');
    expect(before.by).toBe('classifier');
    expect([...before.labels.data]).toEqual([...inspection.labels.data]);
    expect([...before.labels.data]).not.toEqual([...labels.data]);
    await Promise.all([segmenter.dispose(), inspector.dispose()]);
  });

  test('reads the classes of the last features as the network does', async () => {
    const last = inspection.stations.at(-1)?.inputs[0] as string;
    const { labels, by } = await inspection.classes(last);
    expect(by).toBe('classifier');
    expect([...labels.data]).toEqual([...inspection.labels.data]);
  });

  test.each([
    ['decoder.classifier', 'network'],
    ['decoder.refinenet1.fusion', 'classifier'],
    ['decoder.refinenet4.pooling', 'probe'],
    ['encoder.layer1', 'probe'],
  ] as const)('says of %s that its classes are read by %s', async (station, by) => {
    const found = await inspection.classes(station);
    expect(found.by).toBe(by);
    expect([found.labels.width, found.labels.height]).toEqual([WIDTH, HEIGHT]);
  });

  test('reads by a probe what the classifier could take, where that is asked for', async () => {
    expect((await inspection.classes('decoder.refinenet1.fusion', { by: 'probe' })).by).toBe('probe');
  });

  test('reads a mask from features by a probe better than by the most frequent class', async () => {
    const { labels } = await inspection.classes('encoder.layer1');
    const agreement = (guess: (at: number) => number): number =>
      [...inspection.labels.data].reduce<number>((sum, id, at) => sum + Number(guess(at) === id), 0) / (WIDTH * HEIGHT);
    const constant = Math.max(...CLASSES.map((_, id) => agreement(() => id)));
    expect(agreement((at) => labels.data[at] as number)).toBeGreaterThan(constant);
  });

  test('is refused of an image that resizing would enlarge beyond memory, before anything is computed', async () => {
    const preprocessing = { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 432 } };
    await using enlarging = await Inspector.create({ ...model, preprocessing }, backend);
    await expect(enlarging.inspect(STRIP)).rejects.toThrow(TOO_LARGE);
  });

  test('names its stations where there is no such one', () => {
    expect(() => inspection.tensor('decoder.refinenet9.fusion')).toThrow(
      'The network has no station "decoder.refinenet9.fusion". Its stations are encoder.layer1, encoder.layer2,',
    );
  });
});
