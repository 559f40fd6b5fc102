import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, UsageError } from '../errors.ts';
import { tensorFromBytes } from '../tensor/tensor.ts';
import { image } from './image.ts';
import { fillPixelValues, IMAGENET_PREPROCESSING, networkSize, type Preprocessing, preprocess } from './preprocess.ts';
import { resizeImage } from './resample.ts';

const ramp = image(
  256,
  1,
  Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)),
);
const blank = (width: number, height: number) => image(width, height, new Uint8Array(width * height * 3));

describe('networkSize', () => {
  it('is the image’s own without resizing', () => {
    expect(networkSize(31, 17, IMAGENET_PREPROCESSING)).toEqual({ width: 31, height: 17 });
  });

  it('is the fixed one where there is one', () => {
    expect(networkSize(31, 17, { resize: { width: 512, height: 256 } })).toEqual({ width: 512, height: 256 });
  });

  it('keeps the aspect ratio with a shortest edge, rounding the other side down', () => {
    const resize = { shortestEdge: 100 };
    expect(networkSize(640, 480, { resize })).toEqual({ width: 133, height: 100 });
    expect(networkSize(480, 640, { resize })).toEqual({ width: 100, height: 133 });
    expect(networkSize(333, 200, { resize })).toEqual({ width: 166, height: 100 });
    expect(networkSize(50, 50, { resize })).toEqual({ width: 100, height: 100 });
  });

  it('has no rounding errors where the other side is a whole number', () => {
    expect(networkSize(480, 360, { resize: { shortestEdge: 576 } })).toEqual({ width: 768, height: 576 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), (factor, shorter) => {
        expect(networkSize(3 * shorter, 2 * shorter, { resize: { shortestEdge: 2 * factor } }).width).toBe(3 * factor);
      }),
    );
  });

  it('is the one of transformers.js, which takes up to a hundredth of a pixel for rounding', async () => {
    const { ImageProcessor } = await import('@huggingface/transformers');
    const theirs = ImageProcessor.prototype.get_resize_output_image_size;
    const sides = fc.integer({ min: 32, max: 5000 });
    fc.assert(
      fc.property(sides, sides, fc.integer({ min: 32, max: 1000 }), (width, height, edge) => {
        const processor = Object.assign(Object.create(ImageProcessor.prototype), { config: {} });
        const got = networkSize(width, height, { resize: { shortestEdge: edge } });
        const expected = theirs.call(processor, { size: [width, height] } as never, { shortest_edge: edge });
        const [long, short] = [Math.max(width, height), Math.min(width, height)];
        fc.pre(((long * edge) % short) / short < 0.99);
        expect([got.width, got.height]).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the aspect ratio with a longest edge, as far as networks take what comes of it', () => {
    const resize = { longestEdge: 513 };
    expect(networkSize(640, 480, { resize })).toEqual({ width: 513, height: 384 });
    expect(networkSize(480, 640, { resize })).toEqual({ width: 384, height: 513 });
    expect(networkSize(50, 50, { resize })).toEqual({ width: 513, height: 513 });
    expect(networkSize(5000, 100, { resize })).toEqual({ width: 513, height: 32 });
    expect(networkSize(100, 5000, { resize })).toEqual({ width: 32, height: 513 });
    expect(networkSize(100, 10, { resize: { longestEdge: 20 } })).toEqual({ width: 20, height: 20 });
  });

  it('is never below 1 on either side and has the shortest edge asked for', () => {
    const sides = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(sides, sides, fc.integer({ min: 1, max: 1000 }), (w, h, shortestEdge) => {
        const { width, height } = networkSize(w, h, { resize: { shortestEdge } });
        expect(Math.min(width, height)).toBe(shortestEdge);
      }),
    );
  });
});

describe('preprocess', () => {
  it('equals torchvision’s to_tensor and normalize for every byte value, to 2e-7', () => {
    const url = new URL('../../test/fixtures/image/pixel-values.json', import.meta.url);
    const { values } = JSON.parse(readFileSync(url, 'utf8')) as { values: string };
    const expected = tensorFromBytes('float32', [1, 3, 1, 256], Uint8Array.from(Buffer.from(values, 'base64')));
    const actual = preprocess([ramp], IMAGENET_PREPROCESSING);
    expect(actual.shape).toEqual(expected.shape);
    let worst = 0;
    for (const [i, value] of expected.data.entries()) {
      worst = Math.max(worst, Math.abs((actual.data[i] as number) - value) / Math.abs(value));
    }
    expect(worst).toBeLessThan(2e-7);
  });

  it('puts channels before rows and images one after the other', () => {
    const identity: Preprocessing = { ...IMAGENET_PREPROCESSING, rescaleFactor: 1, mean: [0, 0, 0], std: [1, 1, 1] };
    const a = image(2, 1, Uint8Array.of(1, 2, 3, 4, 5, 6));
    const b = image(2, 1, Uint8Array.of(7, 8, 9, 10, 11, 12));
    const batch = preprocess([a, b], identity);
    expect(batch.shape).toEqual([2, 3, 1, 2]);
    expect([...batch.data]).toEqual([1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]);
  });

  it('resizes first, with the filter asked for', () => {
    const preprocessing: Preprocessing = {
      ...IMAGENET_PREPROCESSING,
      resize: { width: 100, height: 2 },
      resample: 'bicubic',
    };
    const noise = image(
      9,
      5,
      Uint8Array.from({ length: 135 }, (_, i) => (i * 97) % 256),
    );
    const resized = resizeImage(noise, 100, 2, 'bicubic');
    expect(resized).not.toEqual(resizeImage(noise, 100, 2, 'bilinear'));
    expect(preprocess([noise], preprocessing)).toEqual(preprocess([resized], IMAGENET_PREPROCESSING));
  });

  it('takes images of different sizes if they are all resized to one', () => {
    const fixed = { ...IMAGENET_PREPROCESSING, resize: { width: 3, height: 2 } };
    expect(preprocess([blank(4, 4), blank(9, 5)], fixed).shape).toEqual([2, 3, 2, 3]);
  });

  it('refuses a batch of several sizes, and an empty one', () => {
    expect(() => preprocess([blank(4, 2), blank(2, 4)], IMAGENET_PREPROCESSING)).toThrow(
      new ShapeError(
        'preprocess: image 1 enters the network at 2x4, but image 0 at 4x2. ' +
          'A batch takes one size: give them one by one, or choose a fixed width and height to resize to.',
      ),
    );
    expect(() => preprocess([], IMAGENET_PREPROCESSING)).toThrow(
      new UsageError('preprocess: no images were given. Give at least one.'),
    );
  });
});

describe('fillPixelValues', () => {
  it('writes nothing outside its place', () => {
    const target = new Float32Array(12).fill(-7);
    fillPixelValues(blank(2, 1), IMAGENET_PREPROCESSING, target, 3);
    expect([...target.slice(0, 3), ...target.slice(9)]).toEqual([-7, -7, -7, -7, -7, -7]);
    expect(target.slice(3, 9).includes(-7)).toBe(false);
  });

  it('refuses a target that is too small', () => {
    expect(() => fillPixelValues(blank(2, 1), IMAGENET_PREPROCESSING, new Float32Array(8), 3)).toThrow(
      new ShapeError('fillPixelValues: 6 numbers from place 3 on do not fit into 8.'),
    );
  });
});
