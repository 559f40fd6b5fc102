import { beforeAll, describe, expect, test } from 'vitest';
import { runGraph } from '../../../test/golden/run-graph.ts';
import { checkGradient } from '../../../test/gradient/check.ts';
import { input, type Value } from '../../graph/value.ts';
import { reach } from '../../graph/walk.ts';
import { relativeDifference } from '../../inference/check-export.ts';
import { scope } from '../../nn/scope.ts';
import { IMAGENET_PREPROCESSING } from '../../image/preprocess.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { randomStream } from '../../tensor/random.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import { architecture } from '../architectures.ts';
import { networkParameters } from '../network.ts';
import { pixelValues } from '../pixel-values.ts';
import { conditionalRandomField, withCrf } from './crf.ts';
import type { ConditionalRandomField } from './definition.ts';
import { growsInto, isSameForm } from './form.ts';
import { coarsestBlocks } from './growth.ts';
import { refineNet } from './refinenet.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const FIELD: ConditionalRandomField = { dilations: [1, 3], color: 0.5, weight: 3, iterations: 3 };

type Shape = readonly [batch: number, channels: number, height: number, width: number];

function drawn(name: string, shape: Shape): Tensor<'float32'> {
  const { normal } = randomStream(7, name);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return float32(shape, Float32Array.from({ length: size }, normal));
}

async function computed(logits: Tensor<'float32'>, image: Tensor<'float32'>, field = FIELD, stride = 1) {
  const [x, pixels] = [input('x', 'float32', logits.shape), input('pixels', 'float32', image.shape)];
  const y = conditionalRandomField(scope('crf'), x, pixels, stride, field);
  const results = await runGraph(backend, { y }, new Map(), { x: logits, pixels: image });
  return results.y as Tensor<'float32'>;
}

/** The same by the sums as they are written, pixel by pixel; the image is of the logits' size. */
function bySums(logits: Tensor<'float32'>, image: Tensor<'float32'>, field: ConditionalRandomField): Float64Array {
  const [batch, classes, height, width] = logits.shape as unknown as Shape;
  const channels = image.shape[1] as number;
  const at = (of: number, channel: number, all: number, y: number, x: number) =>
    ((of * all + channel) * height + y) * width + x;
  let current = Float64Array.from(logits.data);
  for (let round = 0; round < field.iterations; round++) {
    const next = Float64Array.from(logits.data);
    for (let of = 0; of < batch; of++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const said = new Float64Array(classes);
          let all = 1e-6;
          for (const dilation of field.dilations)
            for (const [down, across] of RING) {
              const [row, column] = [y + down * dilation, x + across * dilation];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              let squares = 0;
              for (let channel = 0; channel < channels; channel++) {
                const [one, other] = [at(of, channel, channels, y, x), at(of, channel, channels, row, column)];
                squares += ((image.data[one] as number) - (image.data[other] as number)) ** 2;
              }
              const agreement = Math.exp(-squares / (2 * field.color ** 2));
              all += agreement;
              const scores = said.map((_, id) => current[at(of, id, classes, row, column)] as number);
              const exponentials = scores.map((score) => Math.exp(score - Math.max(...scores)));
              const sum = exponentials.reduce((total, each) => total + each, 0);
              for (const id of said.keys())
                said[id] = (said[id] as number) + (agreement * (exponentials[id] as number)) / sum;
            }
          for (const [id, value] of said.entries()) {
            const place = at(of, id, classes, y, x);
            next[place] = (next[place] as number) + (field.weight * value) / all;
          }
        }
    current = next;
  }
  return current;
}

const RING = [-1, 0, 1].flatMap((down) =>
  [-1, 0, 1].flatMap((across) => (down === 0 && across === 0 ? [] : [[down, across] as const])),
);

describe('the conditional random field', () => {
  test('is what the sums over neighbors come to, of every image of a batch', async () => {
    const [logits, image] = [drawn('logits', [2, 4, 9, 7]), drawn('image', [2, 3, 9, 7])];
    const { shape, data } = await computed(logits, image);
    expect(shape).toEqual([2, 4, 9, 7]);
    expect(relativeDifference(data, Float32Array.from(bySums(logits, image, FIELD)))).toBeLessThan(1e-5);
  });

  test('draws a doubtful edge where the image has one', async () => {
    const [height, width] = [12, 16];
    // The image changes at column 8, the scores at column 6.
    const at = (edge: number, left: number, right: number) => (index: number) => (index % width < edge ? left : right);
    const plane = (value: (index: number) => number) =>
      Array.from({ length: height * width }, (_, index) => value(index));
    const image = float32([1, 1, height, width], Float32Array.from(plane(at(8, -1, 1))));
    const scores = [...plane(at(6, 0.4, -0.4)), ...plane(at(6, -0.4, 0.4))];
    const logits = float32([1, 2, height, width], Float32Array.from(scores));
    const { data } = await computed(logits, image, { ...FIELD, dilations: [1, 3], weight: 8, iterations: 5 });
    const first = plane((index) => Number((data[index] as number) > (data[height * width + index] as number)));
    expect(first).toEqual(plane(at(8, 1, 0)));
  });

  test('sees an image of another size in the places of the scores', async () => {
    const [logits, small] = [drawn('logits', [1, 2, 6, 5]), drawn('image', [1, 3, 6, 5])];
    const own = await computed(logits, small);
    for (const stride of [2, 4, 8]) {
      const [height, width] = [6 * stride, 5 * stride];
      const enlarged = Float32Array.from({ length: 3 * height * width }, (_, index) => {
        const [plane, y, x] = [Math.floor(index / (height * width)), Math.floor(index / width) % height, index % width];
        const place = small.data[(plane * 6 + Math.floor(y / stride)) * 5 + Math.floor(x / stride)] as number;
        // What is near the middle of a place is less than its mean, so that a part of its pixels tells too little.
        const bowl = (at: number) => ((at % stride) - (stride - 1) / 2) ** 2 - (stride ** 2 - 1) / 12;
        return place * (1 + bowl(x) + bowl(y));
      });
      const whole = await computed(logits, float32([1, 3, height, width], enlarged), FIELD, stride);
      expect(relativeDifference(whole.data, own.data), `stride ${stride}`).toBeLessThan(1e-4);
    }
  });

  test('has the gradient of its sums', async () => {
    const image = input('pixels', 'float32', [2, 3, 5, 6]);
    const shape = [2, 3, 5, 6];
    const field = { ...FIELD, dilations: [1, 2], iterations: 2 };
    const build = (x: Value) => conditionalRandomField(scope('crf'), x, image, 1, field);
    const compile = async (outputs: Readonly<Record<string, Value>>) => ({
      run: (feeds: Parameters<typeof runGraph>[3]) =>
        runGraph(backend, outputs, new Map(), { ...feeds, pixels: drawn('image', [2, 3, 5, 6]) }),
      dispose: () => Promise.resolve(),
    });
    const { problems } = await checkGradient({ title: 'crf', inputs: [{ shape, draw: 'normal' }], build }, compile);
    expect(problems).toEqual([]);
  });

  test('given to a network takes colors as its input has them, and what it has already stays', () => {
    const plain = architecture('refinenet-lw-mobilenetv2', 5);
    const given = withCrf(plain, 2, IMAGENET_PREPROCESSING);
    expect(given.decoder.crf).toEqual({ dilations: [3], color: 0.226, weight: 2, iterations: 3 });
    const bytes = withCrf(plain, 2, { rescaleFactor: 1, std: [1, 1, 1] });
    expect(bytes.decoder.crf?.color).toBe(13);
    const own = { ...plain, decoder: { ...plain.decoder, crf: FIELD } };
    expect(withCrf(own, 7, IMAGENET_PREPROCESSING).decoder.crf).toEqual({ ...FIELD, weight: 7 });
    expect(withCrf(own, 0, IMAGENET_PREPROCESSING)).toEqual(plain);
  });

  test('of a network needs no weights, so that a trained one may be given it, and works at open sizes', () => {
    const plain = architecture('refinenet-lw-mobilenetv2', 5);
    const given = { ...plain, decoder: { ...plain.decoder, crf: FIELD } };
    expect([...networkParameters(given).keys()]).toEqual([...networkParameters(plain).keys()]);
    expect([isSameForm(plain, given), growsInto(coarsestBlocks(plain, 2), given)]).toEqual([true, true]);
    for (const pixels of [pixelValues(), pixelValues({ batch: 2, height: 33, width: 70 })]) {
      const [without, field] = [refineNet(plain, pixels), refineNet(given, pixels)];
      expect(field.shape).toEqual(without.shape);
      const exponentials = (y: Value) => reach([y]).nodes.filter(({ op }) => op.name === 'Exp').length;
      expect([exponentials(without), exponentials(field)]).toEqual([0, 8]);
    }
  });
});
