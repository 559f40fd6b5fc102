import { describe, expect, test } from 'vitest';
import { describeValue } from '../text.ts';
import { type Pixels, rgbImage } from './pixels.ts';

describe('pixels', () => {
  test('in RGB are the image itself, without a copy', () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(rgbImage({ width: 2, height: 1, data })).toEqual({ width: 2, height: 1, data });
    expect(rgbImage({ width: 2, height: 1, data }).data).toBe(data);
  });

  test('in RGBA lose their alpha and keep their colors, as those of an ImageData', () => {
    const data = Uint8ClampedArray.of(1, 2, 3, 0, 4, 5, 6, 255);
    expect(rgbImage({ width: 1, height: 2, data })).toEqual({
      width: 1,
      height: 2,
      data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
  });

  test('in a clamped array share its memory', () => {
    const memory = new Uint8ClampedArray(100).fill(9);
    const { data } = rgbImage({ width: 1, height: 1, data: memory.subarray(10, 13) });
    expect([data.buffer, data.byteOffset, data.length]).toEqual([memory.buffer, 10, 3]);
  });

  test.each([
    [10, 'An image of 4x3 takes 36 bytes as RGB (3 a pixel) or 48 as RGBA (4 a pixel), but 10 were given.'],
    [12, 'but 12 were given (1 a pixel: repeat gray values three times).'],
    [24, 'but 24 were given (2 a pixel: gray with alpha, or 16-bit gray; bring it to RGB).'],
    [0, 'but 0 were given.'],
  ])('of %i bytes for 12 pixels are refused', (bytes, message) => {
    expect(() => rgbImage({ width: 4, height: 3, data: new Uint8Array(bytes) })).toThrow(message);
  });

  test.each([
    [0, 3],
    [1.5, 2],
    [Number.NaN, 2],
    [2, -1],
  ])('of %d x %d are refused', (width, height) => {
    expect(() => rgbImage({ width, height, data: new Uint8Array(18) })).toThrow(
      `An image needs whole numbers of at least 1 as width and height, but got ${width}x${height}.`,
    );
  });

  test.each<[unknown, string]>([
    [null, 'null'],
    [undefined, 'undefined'],
    [3, 'the number 3'],
    ['photo.jpg', 'the text "photo.jpg"'],
    [new Date(), 'a Date'],
    [new ArrayBuffer(3), 'an ArrayBuffer'],
    [new Uint8Array(3), 'a Uint8Array'],
    [() => 1, 'a function'],
    [{}, 'an empty object'],
    [{ width: 1, height: 1, data: new Float32Array(3) }, 'an object with width, height, data (a Float32Array)'],
    [{ width: '1', height: 1, data: null }, 'an object with width (the text "1"), height, data (null)'],
    [JSON.parse('{"constructor":{"name":{"toString":1}}}'), 'an object with constructor (an object)'],
  ])('are not %o, and the message says what it is', (value, words) => {
    expect(describeValue(value)).toBe(words);
    expect(() => rgbImage(value as Pixels)).toThrow(
      `Pixels are { width, height, data } with data a Uint8Array of RGB or RGBA bytes, but got ${words}.`,
    );
  });
});
