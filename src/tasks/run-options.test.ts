/** How a request over images becomes a predictor's options. */
import { expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { predictorOptions } from './run-options.ts';

const model = { preprocessing: { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 512 } } };

test("a size takes the place of the model's own, and null of any", () => {
  const resizes = [undefined, null, { longestEdge: 640 }].map(
    (resize) => predictorOptions({ device: 'cpu', resize, protocol: 'plain' }, model, 1).preprocessing?.resize,
  );
  expect(resizes).toEqual([{ shortestEdge: 512 }, null, { longestEdge: 640 }]);
});

test.each([null, { width: 640, height: 480 }])(
  'a size, %j, is refused with a protocol that would pass over it',
  (resize) => {
    for (const protocol of ['refinenet', 'refinenet-cityscapes'] as const) {
      expect(() => predictorOptions({ device: 'cpu', resize, protocol }, model, 1)).toThrow(
        new UsageError(
          `resize was given with the protocol "${protocol}", which chooses the sizes itself. Leave out one of them, or choose other scales.`,
        ),
      );
      expect(predictorOptions({ device: 'cpu', protocol }, model, 1).protocol).toBe(protocol);
    }
  },
);
