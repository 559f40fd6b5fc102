import { expect, test } from 'vitest';
import { importModel } from './import-model.ts';
import { startingModel } from './starting-model.ts';

test('an encoder alone is not taken until its network is said, in words for a command and for a caller', () => {
  const { weights } = startingModel({ architecture: 'refinenet-lw-mobilenetv2', classes: 3, seed: 1 });
  const encoder = new Map([...weights].filter(([name]) => name.startsWith('encoder.')));
  const options = { subject: 'mobile.pth', reinitialize: 'decoder', seed: 0 } as const;
  expect(() => importModel(encoder, options)).toThrow(
    'mobile.pth holds only an encoder, mobilenetv2. Say for which architecture it is and how many classes that gets, and have the rest drawn afresh: reinitialize decoder.',
  );
  const imported = importModel(encoder, { ...options, architecture: 'refinenet-lw-mobilenetv2', classes: 4 });
  expect(imported.definition.classes).toBe(4);
});
