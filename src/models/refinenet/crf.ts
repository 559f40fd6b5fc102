/**
 * Scores moved to the edges of the image: a conditional random field in which every place agrees with neighbors of its own color,
 * solved by mean field (Krähenbühl and Koltun, NIPS 2011) within rings around it, as Teichmann and Cipolla (BMVC 2019) bound it.
 * The paper's networks have none; it has no parameters, and a trained network may be given one.
 */
import { scalarLike } from '../../graph/ops/constants.ts';
import { add, div, exp, mul, sub } from '../../graph/ops/elementwise.ts';
import { padPlane } from '../../graph/ops/pad.ts';
import { reduceSum } from '../../graph/ops/reduction.ts';
import { resize, resizeByDivisor } from '../../graph/ops/resize.ts';
import { softmax } from '../../graph/ops/softmax.ts';
import type { Value } from '../../graph/value.ts';
import type { Preprocessing } from '../../image/preprocess.ts';
import type { Scope } from '../../nn/scope.ts';
import type { ConditionalRandomField, RefineNetDefinition } from './definition.ts';

/** What streets, people and photographs alike gain by, as the shipped models were measured. */
const USUAL = { dilations: [3], iterations: 3 };

/** The difference of color at which places agree less, of a byte's 255. */
const USUAL_COLOR = 13;

/**
 * The network with a conditional random field of a weight behind it, or without one: a weight of 0. One that it has already keeps all
 * but its weight.
 * @param preprocessing what colors are numbers of, in the network's input.
 */
export function withCrf(
  { decoder, ...others }: RefineNetDefinition,
  weight: number,
  { rescaleFactor, std }: Pick<Preprocessing, 'rescaleFactor' | 'std'>,
): RefineNetDefinition {
  const { crf, ...rest } = decoder;
  if (weight === 0) return { ...others, decoder: rest };
  const deviation = std.reduce((sum, each) => sum + each, 0) / std.length;
  const color = Number(((USUAL_COLOR * rescaleFactor) / deviation).toPrecision(3));
  const { dilations, iterations } = crf ?? USUAL;
  return { ...others, decoder: { ...rest, crf: { dilations, color: crf?.color ?? color, weight, iterations } } };
}

/** One of each pair of opposite neighbors. */
const HALF_RING = [
  [0, 1],
  [1, -1],
  [1, 0],
  [1, 1],
] as const;

type Offset = readonly [down: number, across: number];

/** What stands so far down and to the right of each place, and what is beyond the edges. */
const shifted = (x: Value, [down, across]: Offset, beyond = 0): Value =>
  padPlane(x, [-down, -across, down, across], beyond);

/** A color that is like none, and whose square is still a number. */
const NO_COLOR = 1e6;

/**
 * Logits [N, K, h, w] that agree with neighbors of the same color in the image [N, C, H, W], whose side is `stride` times theirs.
 * Beyond the edges nobody has a say.
 */
export function conditionalRandomField(
  scope: Scope,
  logits: Value,
  image: Value,
  stride: number,
  { dilations, color, weight, iterations }: ConditionalRandomField,
): Value {
  const target = { heightOf: logits, widthOf: logits };
  // Each halving is the mean of four, and the last one with it: no pixel is passed over.
  let halved = image;
  for (let left = stride; left > 2; left /= 2) halved = resizeByDivisor(halved, 2, scope.name);
  const colors = resize(halved, target, 'half_pixel', 'linear', scope.name);
  const neighbors = dilations.flatMap((dilation) =>
    HALF_RING.flatMap(([down, across]) => {
      const [ahead, behind]: [Offset, Offset] = [
        [down * dilation, across * dilation],
        [-down * dilation, -across * dilation],
      ];
      const agreement = likeness(scope, colors, shifted(colors, ahead, NO_COLOR), color);
      return [
        { offset: ahead, agreement },
        { offset: behind, agreement: shifted(agreement, behind) },
      ];
    }),
  );
  const all = neighbors.map(({ agreement }) => agreement).reduce((sum, each) => add(sum, each, scope.name));
  const share = div(scalarLike(all, weight), add(all, scalarLike(all, LEAST), scope.name), scope.name);
  const shares = neighbors.map(({ offset, agreement }) => ({ offset, share: mul(agreement, share, scope.name) }));
  let current = logits;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const said = softmax(current, 1, scope.name);
    current = shares
      .map(({ offset, share }) => mul(shifted(said, offset), share, scope.name))
      .reduce((sum, each) => add(sum, each, scope.name), logits);
  }
  return scope.mark([logits], current);
}

/** Keeps the shares of a place that is like none of its neighbors finite. */
const LEAST = 1e-6;

/** How alike colors are, 1 where they are the same. */
function likeness(scope: Scope, one: Value, other: Value, deviation: number): Value {
  const difference = sub(one, other, scope.name);
  const squares = reduceSum(mul(difference, difference, scope.name), [1], scope.name);
  return exp(mul(squares, scalarLike(squares, -1 / (2 * deviation ** 2)), scope.name), scope.name);
}
