import { describe, expect, test } from 'vitest';
import {
  backend,
  batches,
  batchOf,
  difference,
  NETWORK,
  SIZE,
  STEP,
  train,
  WEIGHTS,
  WITHOUT_DROPOUT,
} from '../../../test/support/small-step.ts';
import { IMAGENET_PREPROCESSING } from '../../image/preprocess.ts';
import type { ModelDescription } from '../../models/model.ts';
import { networkParameters } from '../../models/network.ts';
import { initialize } from '../../nn/initialize.ts';
import { checkTeacher, openTeacher, weightsFingerprint } from './teacher.ts';
import type { StepDefinition } from './types.ts';

/** A network of other widths than the one that learns. */
const LARGER = { ...NETWORK, decoder: { ...NETWORK.decoder, widths: [16, 16, 16, 16] as const } };
const TEACHER = { definition: LARGER, weights: initialize(networkParameters(LARGER), 9) };
const SAME = { definition: WITHOUT_DROPOUT, weights: WEIGHTS };

const withTerms = (...terms: StepDefinition['loss']['terms']): Partial<StepDefinition> => ({
  loss: { ...STEP.loss, terms },
});
const CROSS_ENTROPY = { name: 'cross-entropy', weight: 1 } as const;
const DISTILL = { name: 'distill', weight: 1, temperature: 1 } as const;

describe('a step with a teacher', () => {
  test('learns nothing from one that says the same, but for rounding', async () => {
    const { results } = await train({ step: withTerms(DISTILL), teacher: SAME });
    expect(Math.abs(results[0]?.loss as number)).toBeLessThan(1e-5);
    expect(results[0]?.gradientNorm).toBeLessThan(1e-3);
  });

  test('comes closer to one that says something else, of another network', async () => {
    const same = Array.from({ length: 12 }, () => [batchOf(2)]);
    const { results } = await train({ step: withTerms(DISTILL), teacher: TEACHER, batches: same });
    const [first, last] = [results[0], results.at(-1)].map((result) => result?.loss as number) as [number, number];
    expect(first).toBeGreaterThan(0.001);
    expect(last).toBeLessThan(0.5 * first);
  });

  test('adds what it learns from the teacher to what it learns from labels', async () => {
    const half = { ...DISTILL, weight: 0.5 };
    const [labels, teacher, both] = await Promise.all([
      train({ step: withTerms(CROSS_ENTROPY) }),
      train({ step: withTerms(DISTILL), teacher: TEACHER }),
      train({ step: withTerms(CROSS_ENTROPY, half), teacher: TEACHER }),
    ]);
    const loss = ({ results }: typeof both) => results[0]?.loss as number;
    expect(loss(both)).toBeCloseTo(loss(labels) + 0.5 * loss(teacher), 5);
  });

  test('sees each micro-batch as the network sees it', async () => {
    const [first, second] = [batchOf(1, 1), batchOf(1, 2)];
    const step = { ...withTerms(DISTILL), accumulate: 2 };
    const both = await train({ step, teacher: TEACHER, batches: [[first, second]] });
    const apart = await Promise.all(
      [first, second].map((batch) => train({ step: withTerms(DISTILL), teacher: TEACHER, batches: [[batch]] })),
    );
    const losses = apart.map(({ results }) => results[0]?.loss as number) as [number, number];
    expect(Math.abs(losses[0] - losses[1])).toBeGreaterThan(1e-4);
    expect(both.results[0]?.loss).toBeCloseTo((losses[0] + losses[1]) / 2, 6);
  });

  test('goes on from a saved state to the same state', async () => {
    const options = { step: withTerms(CROSS_ENTROPY, DISTILL), network: NETWORK, teacher: TEACHER };
    const whole = await train({ ...options, batches: batches(3) });
    const start = await train({ ...options, batches: batches(1) });
    const rest = await train({ ...options, batches: batches(3).slice(1), from: { state: start.state, updates: 1 } });
    expect(difference(rest.state, whole.state)).toBe(0);
  });
});

test('a teacher gives logits without dropout, the same each time', async () => {
  const teacher = await openTeacher(TEACHER, { batch: 2, height: SIZE, width: SIZE }, backend, { threads: 1 });
  const { pixels } = batchOf(2);
  const [once, again] = [await teacher.logits(pixels), await teacher.logits(pixels)];
  await teacher.dispose();
  expect(once.shape).toEqual([2, 3, SIZE / 4, SIZE / 4]);
  expect(again.data).toEqual(once.data);
});

describe('a teacher that does not fit', () => {
  const student: ModelDescription = {
    definition: NETWORK,
    classes: ['sky', 'tree', 'road'].map((name) => ({ name, color: [0, 0, 0] })),
    preprocessing: IMAGENET_PREPROCESSING,
  };

  test('is refused with all that differs', () => {
    const classes = ['sky', 'road', 'tree'].map((name) => ({ name, color: [1, 2, 3] as const }));
    const preprocessing = { ...IMAGENET_PREPROCESSING, rescaleFactor: 1 };
    expect(() => checkTeacher({ ...student, classes, preprocessing }, student)).toThrow(
      "The teacher does not fit: its classes are others (1 is road, not tree; 2 is tree, not road); its preprocessing has the rescaleFactor 1, but the network's " +
        `${1 / 255}. Take a model of the same classes in the same order and with the same preprocessing.`,
    );
    expect(() => checkTeacher({ ...student, classes: classes.slice(1) }, student)).toThrow(
      'it has 2 classes, but the network 3.',
    );
  });

  test('is one that fits where only colors and the size of images differ', () => {
    const classes = student.classes.map((each) => ({ ...each, color: [9, 9, 9] as const }));
    const preprocessing = { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 500 } };
    expect(() => checkTeacher({ ...student, classes, preprocessing }, student)).not.toThrow();
  });
});

test('weights are known by their names and numbers, in any order', () => {
  const reversed = new Map([...WEIGHTS].reverse());
  expect(weightsFingerprint(reversed)).toBe(weightsFingerprint(WEIGHTS));
  expect(weightsFingerprint(TEACHER.weights)).not.toBe(weightsFingerprint(WEIGHTS));
});
