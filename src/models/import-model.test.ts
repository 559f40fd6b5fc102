import { expect, test } from 'vitest';
import { importModel } from './import-model.ts';
import { startingModel } from './starting-model.ts';

const encoderOf = (name: string) =>
  new Map(
    [...startingModel({ architecture: name, classes: 3, seed: 1 }).weights].filter(([each]) =>
      each.startsWith('encoder.'),
    ),
  );

test('an encoder alone is not taken until its network is said, in words for a command and for a caller', () => {
  const encoder = encoderOf('refinenet-lw-mobilenetv2');
  const options = { subject: 'mobile.pth', reinitialize: 'decoder', seed: 0 } as const;
  expect(() => importModel(encoder, options)).toThrow(
    'mobile.pth holds only an encoder, mobilenetv2. Say for which architecture it is and how many classes that gets, and have the rest drawn afresh: reinitialize decoder.',
  );
  const imported = importModel(encoder, { ...options, architecture: 'refinenet-lw-mobilenetv2', classes: 4 });
  expect(imported.definition.classes).toBe(4);
});

test('what tensors do not show holds for an encoder alone as for a whole network', () => {
  const architecture = 'refinenet-lw-mobilenetv2';
  const variant = { skip: 'rectified', poolingOrder: 'conv-pool', stridePlacement: '1x1', encoderStride: 16 } as const;
  const given = { subject: 'mobile.pth', architecture, classes: 21, reinitialize: 'decoder', seed: 0 } as const;
  const { definition } = importModel(encoderOf(architecture), { ...given, variant });
  expect(definition).toMatchObject({
    stridePlacement: '1x1',
    encoderStride: 16,
    decoder: { cascade: [1, 1, 1, 1, 2, 3], skip: 'rectified', pooling: { order: 'conv-pool', count: 4 } },
  });
});
