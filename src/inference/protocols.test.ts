import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { PROTOCOLS, protocolNamed, type ProtocolName, testTimeViews } from './protocols.ts';

const sizes = (
  name: ProtocolName,
  width: number,
  height: number,
  scale: number,
  resize = IMAGENET_PREPROCESSING.resize,
) =>
  PROTOCOLS[name]
    .inputSizes({ width, height }, scale, { ...IMAGENET_PREPROCESSING, resize })
    .map((size) => [size.width, size.height]);

describe('the plain protocol', () => {
  test("multiplies the model's own input size", () => {
    expect(sizes('plain', 500, 375, 1)).toEqual([[500, 375]]);
    expect(sizes('plain', 500, 375, 1.25)).toEqual([[625, 469]]);
    expect(sizes('plain', 500, 375, 0.5, { shortestEdge: 300 })).toEqual([[200, 150]]);
    expect(sizes('plain', 500, 375, 0.5, { width: 320, height: 256 })).toEqual([[160, 128]]);
  });

  test('is one run', () => {
    expect(testTimeViews(PROTOCOLS.plain, {})).toEqual([{ scale: 1, flip: false }]);
  });
});

describe("the authors' protocol", () => {
  test('brings the shorter side into its bounds, rounds up, and enlarges by 1.2', () => {
    // The shorter side is enlarged from 375 to 450.
    expect(sizes('refinenet', 500, 375, 0.8)).toEqual([
      [480, 360],
      [576, 432],
    ]);
    // Inside the bounds only the scale counts.
    expect(sizes('refinenet', 625, 468, 0.4)).toEqual([
      [250, 188],
      [300, 226],
    ]);
    // 1024 is more than 800, but not than 1100.
    expect(sizes('refinenet', 2048, 1024, 1)).toEqual([
      [1600, 800],
      [1920, 960],
    ]);
    expect(sizes('refinenet-cityscapes', 2048, 1024, 1)).toEqual([
      [2048, 1024],
      [2458, 1229],
    ]);
  });

  test("does not ask for the model's own resizing", () => {
    expect(sizes('refinenet', 500, 375, 0.8, { width: 32, height: 32 })).toEqual(sizes('refinenet', 500, 375, 0.8));
  });

  test('has five scales and no flips, unless told otherwise', () => {
    expect(testTimeViews(PROTOCOLS.refinenet, {}).map(({ scale, flip }) => [scale, flip])).toEqual(
      [0.4, 0.6, 0.8, 1, 1.2].map((scale) => [scale, false]),
    );
    expect(testTimeViews(PROTOCOLS.refinenet, { scales: [0.8], flip: true })).toEqual([
      { scale: 0.8, flip: false },
      { scale: 0.8, flip: true },
    ]);
  });
});

test('what is no protocol, no list and no number is refused in a plain JavaScript caller', () => {
  expect(() => protocolNamed('refinnet' as ProtocolName)).toThrow(
    new UsageError('protocol is "refinnet"; choose from plain, refinenet, refinenet-cityscapes.'),
  );
  expect(() => protocolNamed('toString' as ProtocolName)).toThrow('protocol is "toString"');
  expect(() => testTimeViews(PROTOCOLS.plain, { scales: 0.5 as unknown as number[] })).toThrow(
    new UsageError('scales is 0.5; give a list of numbers, such as [0.75, 1, 1.25].'),
  );
  expect(() => testTimeViews(PROTOCOLS.plain, { scales: ['0.5' as unknown as number] })).toThrow('but got "0.5".');
});

test('scales that make no sense are refused, all at once', () => {
  const views =
    (...scales: number[]) =>
    () =>
      testTimeViews(PROTOCOLS.plain, { scales });
  expect(views(0, 1, 75)).toThrow('Scales are numbers from 0.05 to 8, but got 0, 75. For example: 0.75, 1, 1.25.');
  expect(views(Number.NaN)).toThrow('but got NaN.');
  expect(views()).toThrow('Scales are numbers from 0.05 to 8, but there are none.');
});
