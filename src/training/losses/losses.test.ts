import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradient } from '../../graph/gradient/gradient.ts';
import { toOnnx } from '../../graph/to-onnx.ts';
import { input } from '../../graph/value.ts';
import { relativeDifference } from '../../inference/check-export.ts';
import { encodeModel } from '../../onnx/encode.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { float32, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { LossDefinition, LossName, LossTerm } from '../step/types.ts';
import { LOSS_NAMES, totalLoss } from './index.ts';

interface Fixture {
  readonly shape: readonly [number, number, number, number];
  readonly logits: readonly number[];
  /** Logits that distillation learns from. */
  readonly teacher: readonly number[];
  readonly labels: readonly number[];
  readonly correct: number;
  readonly cases: readonly {
    readonly name: LossName;
    readonly gamma: number | null;
    readonly temperature?: number;
    readonly classWeights: readonly number[] | null;
    readonly value: number;
    readonly gradient: readonly number[];
  }[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/training/losses.json', import.meta.url), 'utf8'),
);
const [batch, classes, height, width] = fixture.shape;
const LOGITS = float32(fixture.shape, fixture.logits);
const TEACHER = float32(fixture.shape, fixture.teacher);
const LABELS = tensor('uint8', [batch, height, width], Uint8Array.from(fixture.labels));
const IGNORED = 255;
const TOLERANCE = 1e-5;

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const defined = (changes: Partial<LossDefinition> & Pick<LossDefinition, 'terms'>): LossDefinition => ({
  classWeights: null,
  resolution: 'upsample-half-pixel',
  ignoreIndex: IGNORED,
  ...changes,
});

const only = (name: LossName, rest: Partial<LossTerm> = {}): readonly LossTerm[] => [{ name, weight: 1, ...rest }];

async function evaluate(
  definition: LossDefinition,
  logits: Tensor = LOGITS,
  labels: Tensor = LABELS,
  teacher: Tensor = TEACHER,
): Promise<{ loss: number; pixels: number; correct: number; gradient: Float32Array }> {
  const x = input('logits', 'float32', logits.shape);
  const isTaught = definition.terms.some(({ name }) => name === 'distill');
  const taught = isTaught ? input('teacher', 'float32', teacher.shape) : undefined;
  const values = totalLoss(x, input('labels', 'uint8', labels.shape), definition, taught);
  const outputs = { ...values, gradient: gradient(values.loss, [x])[0] as typeof x };
  const model = toOnnx(outputs, new Map(), { storage: 'inline' });
  const session = await backend.createSession({ bytes: encodeModel(model), weights: new Map() });
  try {
    const results = await session.run({ logits, labels, ...(isTaught && { teacher }) });
    const of = (name: string): number => Number(results[name]?.data[0]);
    return {
      loss: of('loss'),
      pixels: of('pixels'),
      correct: of('correct'),
      gradient: results.gradient?.data as Float32Array,
    };
  } finally {
    await session.dispose();
  }
}

describe.each(fixture.cases)(
  '$name with gamma $gamma, temperature $temperature and class weights $classWeights',
  (expected) => {
    test('has the value and the gradient of PyTorch', async () => {
      const { name, gamma, temperature, classWeights, value } = expected;
      const terms = only(name, { ...(gamma !== null && { gamma }), ...(temperature && { temperature }) });
      const result = await evaluate(defined({ terms, classWeights }));
      expect(Math.abs(result.loss / value - 1)).toBeLessThan(TOLERANCE);
      expect(relativeDifference(result.gradient, Float32Array.from(expected.gradient))).toBeLessThan(TOLERANCE);
    });
  },
);

describe('every loss', () => {
  test('is among the cases of the reference', () => {
    expect(new Set(fixture.cases.map(({ name }) => name))).toEqual(new Set(LOSS_NAMES));
  });

  test.each(LOSS_NAMES)('%s is 0 without a gradient where every pixel is ignored', async (name) => {
    const nothing = tensor('uint8', LABELS.shape, new Uint8Array(LABELS.data.length).fill(IGNORED));
    const { loss, pixels, correct, gradient: g } = await evaluate(defined({ terms: only(name) }), LOGITS, nothing);
    expect({ loss: loss + 0, pixels, correct }).toEqual({ loss: 0, pixels: 0, correct: 0 });
    expect(g.every((value) => value === 0)).toBe(true);
  });

  test.each(LOSS_NAMES)('%s is finite with a finite gradient on logits of thousands', async (name) => {
    const extreme = float32(
      LOGITS.shape,
      (LOGITS.data as Float32Array).map((value) => 4000 * value),
    );
    const { loss, gradient: g } = await evaluate(defined({ terms: only(name) }), extreme);
    expect(Number.isFinite(loss)).toBe(true);
    expect(g.every(Number.isFinite)).toBe(true);
  });

  test.each(LOSS_NAMES)('%s gives ignored pixels no gradient', async (name) => {
    const { gradient: g } = await evaluate(defined({ terms: only(name) }));
    const area = height * width;
    fixture.labels.forEach((label, pixel) => {
      const [image, place] = [Math.floor(pixel / area), pixel % area];
      const own = [...Array(classes).keys()].map((c) => g[(image * classes + c) * area + place] as number);
      expect(own.every((value) => value === 0)).toBe(label === IGNORED);
    });
  });
});

describe('distillation', () => {
  const terms = only('distill');

  test('is nothing, without a gradient, where the network says what the teacher says', async () => {
    const { loss, gradient: g } = await evaluate(defined({ terms }), LOGITS, LABELS, LOGITS);
    expect(Math.abs(loss)).toBeLessThan(1e-6);
    expect(Math.max(...g.map(Math.abs))).toBeLessThan(1e-6);
  });

  test('takes a teacher of another size, at the resolution of the loss', async () => {
    const perClass = [2, -1, 0.5, 0];
    const flat = (h: number, w: number) =>
      float32(
        [batch, classes, h, w],
        [...Array(batch)].flatMap(() => perClass.flatMap((v) => Array(h * w).fill(v))),
      );
    const expected = await evaluate(defined({ terms }), LOGITS, LABELS, flat(height, width));
    for (const resolution of ['upsample-half-pixel', 'upsample-align-corners', 'sample-labels'] as const) {
      const { loss } = await evaluate(defined({ terms, resolution }), LOGITS, LABELS, flat(2, 2));
      expect(loss).toBeCloseTo(expected.loss, 5);
    }
  });

  test('needs a teacher and a temperature', () => {
    const build = (): unknown =>
      totalLoss(
        input('x', 'float32', [1, 4, 2, 2]),
        input('labels', 'uint8', [1, 2, 2]),
        defined({ terms: only('distill', { temperature: 0 }) }),
      );
    expect(build).toThrow(
      'The loss does not fit: the temperature is positive, got 0; distill learns from a teacher, but there is none.',
    );
  });
});

describe('the total loss', () => {
  test('is the weighted sum of its terms', async () => {
    const parts = await Promise.all(
      (['cross-entropy', 'dice'] as const).map((name) => evaluate(defined({ terms: only(name) }))),
    );
    const [first, second] = parts as [(typeof parts)[0], (typeof parts)[0]];
    const terms = [...only('cross-entropy', { weight: 0.5 }), ...only('dice', { weight: 3 })];
    const { loss } = await evaluate(defined({ terms }));
    expect(loss).toBeCloseTo(0.5 * first.loss + 3 * second.loss, 5);
  });

  test('counts scored pixels and those whose label has the largest logit', async () => {
    const { pixels, correct } = await evaluate(defined({ terms: only('cross-entropy') }));
    expect(pixels).toBe(fixture.labels.filter((label) => label !== IGNORED).length);
    expect(correct).toBe(fixture.correct);
  });

  test('ignores a label that is a class as well', async () => {
    const { pixels } = await evaluate(defined({ terms: only('cross-entropy'), ignoreIndex: 0 }), LOGITS, {
      ...LABELS,
      data: (LABELS.data as Uint8Array).map((label) => (label === IGNORED ? 0 : label)),
    });
    expect(pixels).toBe(fixture.labels.filter((label) => label !== IGNORED && label !== 0).length);
  });

  test('focal loss at gamma 0 is cross entropy', async () => {
    const [zero, plain] = await Promise.all([
      evaluate(defined({ terms: only('focal', { gamma: 0 }) })),
      evaluate(defined({ terms: only('cross-entropy') })),
    ]);
    expect(zero).toEqual(plain);
  });

  test('on labels sampled to the logits takes the label at the center of each cell', async () => {
    // 2 x 3 cells of labels 4 x 9: centers at rows 1 and 3, columns 1, 4 and 7.
    const coarse = [0, 1, 2, 3, IGNORED, 0];
    const labels = new Uint8Array(36).fill(1);
    coarse.forEach((label, cell) => {
      labels[(1 + 2 * Math.floor(cell / 3)) * 9 + 1 + 3 * (cell % 3)] = label;
    });
    const logits = float32([1, 4, 2, 3], fixture.logits.slice(0, 24));
    const terms = only('cross-entropy');
    const sampled = await evaluate(
      defined({ terms, resolution: 'sample-labels' }),
      logits,
      tensor('uint8', [1, 4, 9], labels),
    );
    const direct = await evaluate(defined({ terms }), logits, tensor('uint8', [1, 2, 3], Uint8Array.from(coarse)));
    expect(sampled).toEqual(direct);
  });

  test('names all that does not fit at once', () => {
    const build = (): unknown =>
      totalLoss(input('x', 'float32', [1, 4, 2, 2]), input('labels', 'uint8', [1, 2, 2]), {
        terms: [
          { name: 'jaccard' as LossName, weight: 1 },
          { name: 'focal', weight: 0, gamma: -1 },
        ],
        classWeights: [1, -1],
        resolution: 'sample-labels',
        ignoreIndex: 256,
      });
    expect(build).toThrow(
      'The loss does not fit: there is no loss "jaccard", they are cross-entropy, focal, dice, lovasz-softmax, distill; ' +
        'the weight of focal is positive, got 0; gamma is not negative, got -1; ' +
        'there is one weight for each of 4 classes, got 2; class weights are not negative, got 1, -1; ' +
        'the ignored label is from 0 to 255, got 256.',
    );
  });
});
