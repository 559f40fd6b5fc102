import { describe, expect, test } from 'vitest';
import { architecture } from '../models/architectures.ts';
import { estimateMemory, judgeMemory } from './memory-estimate.ts';
import { PRESETS } from './presets.ts';

const estimate = (name: string, crop: number, batch: number, preset: keyof typeof PRESETS = 'default') =>
  estimateMemory(architecture(name, 11), { crop, batch, step: PRESETS[preset].step });

describe('the memory estimate', () => {
  // Peaks of the process's memory over two steps on onnxruntime-node 1.30, in GB.
  test.each([
    ['refinenet-lw-mobilenetv2', 224, 8, 'default', 1.49],
    ['refinenet-lw-mobilenetv2', 224, 2, 'default', 0.66],
    ['refinenet-lw-resnet18', 224, 4, 'default', 1.35],
    ['refinenet-resnet18', 160, 2, 'default', 2.35],
    ['refinenet-resnet50', 256, 2, 'default', 3.7],
    ['refinenet-lw-resnet50', 128, 2, 'light-weight-v1', 0.91],
  ] as const)(
    'of %s at %i with a batch of %i (%s) is near the measured %d GB',
    (name, crop, batch, preset, measured) => {
      const ratio = estimate(name, crop, batch, preset).total / 1e9 / measured;
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.45);
    },
  );

  test('is the sum of its parts, of which activations grow with the batch and the crop', () => {
    const { total, ...parts } = estimate('refinenet-lw-mobilenetv2', 128, 2);
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
    expect(estimate('refinenet-lw-mobilenetv2', 128, 4).activations / parts.activations).toBeCloseTo(2, 6);
    expect(estimate('refinenet-lw-mobilenetv2', 256, 2).activations / parts.activations).toBeCloseTo(4, 1);
  });

  test('has the moving average only where there is one', () => {
    const network = architecture('refinenet-lw-mobilenetv2', 11);
    const { step } = PRESETS.default;
    const without = estimateMemory(network, { crop: 64, batch: 1, step });
    const average = estimateMemory(network, { crop: 64, batch: 1, step: { ...step, averageDecay: 0.99 } });
    expect(without.average).toBe(0);
    expect(average.total - without.total).toBe(average.average);
  });
});

// Peaks as above, of a student on MobileNetV2 at 224 with a batch of 4.
test.each([
  ['refinenet-lw-mobilenetv2', 1.12],
  ['refinenet-lw-resnet101', 1.71],
  ['refinenet-resnet101', 3.27],
] as const)('with %s as the teacher is near the measured %d GB', (name, measured) => {
  const taught = estimateMemory(architecture('refinenet-lw-mobilenetv2', 21), {
    crop: 224,
    batch: 4,
    step: PRESETS.default.step,
    teacher: { network: architecture(name, 21), weights: '' },
  });
  const ratio = taught.total / 1e9 / measured;
  expect(ratio).toBeGreaterThan(0.9);
  expect(ratio).toBeLessThan(1.45);
});

test('of a run with a teacher counts its forward pass, and no gradients or states of it', () => {
  const [small, large] = ['refinenet-lw-mobilenetv2', 'refinenet-resnet101'].map((name) => architecture(name, 11));
  const parts = { crop: 224, batch: 4, step: PRESETS.default.step };
  const alone = estimateMemory(small as never, parts);
  const taught = estimateMemory(small as never, { ...parts, teacher: { network: large as never, weights: '' } });
  expect(alone.teacher).toBe(0);
  expect(taught.total - alone.total).toBe(taught.teacher);
  expect({ ...taught, teacher: 0, total: alone.total }).toEqual(alone);
  // It has 118 million parameters.
  expect(taught.teacher).toBeGreaterThan(4 * 118e6);
  expect(taught.teacher).toBeLessThan(estimateMemory(large as never, parts).total / 2);
});

describe('a run', () => {
  const memory = estimate('refinenet-lw-mobilenetv2', 224, 8);
  test('that fits is let be', () => {
    expect(judgeMemory(memory, 16e9, { crop: 224, batch: 8 })).toBeUndefined();
  });

  test('that nearly fills the memory is warned of, and one beyond it refused', () => {
    expect(judgeMemory(memory, 1.2 * memory.total, { crop: 224, batch: 8 })?.refused).toBe(false);
    expect(judgeMemory(memory, 1.5e9, { crop: 224, batch: 8 })).toEqual({
      refused: true,
      message:
        'Batches of 8 at 224x224 take about 2.1 GB, and this machine has 1.5 GB. ' +
        'Lower the batch size (with accumulation if it should count as a larger one) or the crop.',
    });
    expect(judgeMemory(memory, 1.5e9, { crop: 224, batch: 1 })?.message).toMatch(/ Lower the crop\.$/);
  });
});
