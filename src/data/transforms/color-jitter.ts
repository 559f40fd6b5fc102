/** Changing light and colors. */
import * as z from 'zod';
import { type Image, image } from '../../image/image.ts';
import { probability } from './flip.ts';
import { between, transformKind } from './transform.ts';
import { type View, wholeOf, withImage } from './view.ts';

const strength = z.number().min(0).max(1).default(0);

/** The weights of red, green and blue in what the eye takes for brightness (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114] as const;

/** A color's red, green and blue from another's: three rows of three factors and a summand. */
type ColorMatrix = readonly number[];

/**
 * Multiplies brightness, contrast (around the image's mean gray) and saturation each by a factor drawn evenly from
 * 1 - strength ... 1 + strength, and turns the hue by -hue ... hue of the whole circle (hue at most 0.5). All four are
 * linear in the colors (the hue turns around the gray axis), so they are one matrix, rounded and cut off once.
 */
export const colorJitter = transformKind({
  name: 'color-jitter',
  options: z.strictObject({
    brightness: strength,
    contrast: strength,
    saturation: strength,
    hue: z.number().min(0).max(0.5).default(0),
    probability: probability.default(1),
  }),
  create: (options) => (view, random) => {
    if (random.uniform() >= options.probability) return view;
    const factor = (spread: number) => between(random, [1 - spread, 1 + spread]);
    const brightness = factor(options.brightness);
    const contrast = factor(options.contrast);
    const saturation = factor(options.saturation);
    const turn = between(random, [-options.hue, options.hue]);
    return jittered(view, (pixels) => {
      const gray = contrast === 1 ? 0 : brightness * meanGray(pixels);
      return compose(brightnessAndContrast(brightness, contrast, gray), saturationMatrix(saturation), hueMatrix(turn));
    });
  },
});

function jittered(view: View, matrixFor: (pixels: Image) => ColorMatrix): View {
  const pixels = view.image(wholeOf(view));
  return withImage(view, applyMatrix(pixels, matrixFor(pixels)));
}

function meanGray({ data }: Image): number {
  let [red, green, blue] = [0, 0, 0];
  for (let byte = 0; byte < data.length; byte += 3) {
    red += data[byte] as number;
    green += data[byte + 1] as number;
    blue += data[byte + 2] as number;
  }
  return (red * LUMA[0] + green * LUMA[1] + blue * LUMA[2]) / (data.length / 3);
}

function brightnessAndContrast(brightness: number, contrast: number, gray: number): ColorMatrix {
  const factor = brightness * contrast;
  const rest = (1 - contrast) * gray;
  return [factor, 0, 0, rest, 0, factor, 0, rest, 0, 0, factor, rest];
}

/** Each channel between the pixel's gray (factor 0) and itself (factor 1), or beyond. */
function saturationMatrix(factor: number): ColorMatrix {
  return [0, 1, 2].flatMap((row) => [
    ...LUMA.map((weight, column) => (1 - factor) * weight + (row === column ? factor : 0)),
    0,
  ]);
}

/** A turn around the axis of grays, by Rodrigues' formula. */
function hueMatrix(turn: number): ColorMatrix {
  const cos = Math.cos(2 * Math.PI * turn);
  const sin = Math.sin(2 * Math.PI * turn) / Math.sqrt(3);
  const rest = (1 - cos) / 3;
  return [
    cos + rest,
    rest - sin,
    rest + sin,
    0,
    rest + sin,
    cos + rest,
    rest - sin,
    0,
    rest - sin,
    rest + sin,
    cos + rest,
    0,
  ];
}

/** One matrix for several, applied in the order in which they are given. */
function compose(...matrices: readonly ColorMatrix[]): ColorMatrix {
  return matrices.reduce((first, second) =>
    [0, 1, 2].flatMap((row) =>
      [0, 1, 2, 3].map((column) => {
        const factor = (index: number) => second[row * 4 + index] as number;
        const sum = [0, 1, 2].reduce(
          (total, index) => total + factor(index) * (first[index * 4 + column] as number),
          0,
        );
        return column === 3 ? sum + factor(3) : sum;
      }),
    ),
  );
}

function applyMatrix({ width, height, data }: Image, matrix: ColorMatrix): Image {
  const [rr, rg, rb, r, gr, gg, gb, g, br, bg, bb, b] = matrix as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const result = new Uint8ClampedArray(data.length);
  for (let byte = 0; byte < data.length; byte += 3) {
    const red = data[byte] as number;
    const green = data[byte + 1] as number;
    const blue = data[byte + 2] as number;
    result[byte] = rr * red + rg * green + rb * blue + r;
    result[byte + 1] = gr * red + gg * green + gb * blue + g;
    result[byte + 2] = br * red + bg * green + bb * blue + b;
  }
  return image(width, height, new Uint8Array(result.buffer));
}
