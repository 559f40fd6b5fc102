/** Checks of gradient graphs by finite differences: the tester that every gradient rule is held against. */
import { gradient } from '../../src/graph/gradient/gradient.ts';
import type { GradientRules } from '../../src/graph/gradient/rule.ts';
import { input, knownShape, type Value } from '../../src/graph/value.ts';
import type { NamedTensors } from '../../src/runtime/backend.ts';
import { randomStream } from '../../src/tensor/random.ts';
import { elementCount } from '../../src/tensor/shape.ts';
import { float32, type Tensor } from '../../src/tensor/tensor.ts';

/** How the numbers of an input are drawn. */
export type Draw =
  /** Normal, of deviation 1. */
  | 'normal'
  /** Between 1 and 2. */
  | 'positive'
  /** A shuffled grid: no two within 0.05, none within 0.025 of a multiple of 0.05, so that no kink is stepped over. */
  | 'separated';

export interface GradientCase {
  readonly title: string;
  readonly inputs: readonly { readonly shape: readonly number[]; readonly draw: Draw }[];
  /** The value to differentiate with respect to all inputs. */
  readonly build: (...inputs: Value[]) => Value;
  /** Linear in its inputs together: then <A x, y> = <x, A' y> holds as well. */
  readonly linear?: boolean;
}

/** A graph ready to be run many times. */
export interface Program {
  run(feeds: NamedTensors): Promise<NamedTensors>;
  dispose(): Promise<void>;
}

export type Compile = (outputs: Readonly<Record<string, Value>>) => Promise<Program>;

/** Large enough for float32 sums, small enough for curvature. */
const EPSILON = 0.01;
export const TOLERANCE = 1e-4;
const DIRECTIONS = 2;

/**
 * Compares gradients with central differences in random directions, one input at a time.
 * @param rules of operators in place of their own.
 * @returns the largest error over the norms of gradient and direction, and a sentence for each one beyond the tolerance.
 */
export async function checkGradient(
  { title, inputs, build, linear }: GradientCase,
  compile: Compile,
  rules?: Partial<GradientRules>,
): Promise<{ readonly worst: number; readonly problems: readonly string[] }> {
  const values = inputs.map(({ shape }, index) => input(`x${index}`, 'float32', shape));
  const y = build(...values);
  const upstream = input('upstream', 'float32', knownShape(y));
  const gradients = gradient(y, values, upstream, rules);
  const feeds: Record<string, Tensor<'float32'>> = { upstream: draw(`${title} upstream`, knownShape(y), 'normal') };
  for (const [index, { shape, draw: how }] of inputs.entries())
    feeds[`x${index}`] = draw(`${title} ${index}`, shape, how);

  const program = await compile({ y, ...Object.fromEntries(gradients.map((value, index) => [`g${index}`, value])) });
  try {
    const problems: string[] = [];
    let worst = 0;
    const judge = (what: string, analytic: number, numeric: number, scale: number): void => {
      const error = Math.abs(analytic - numeric) / scale;
      worst = Math.max(worst, error);
      if (!(error <= TOLERANCE)) {
        problems.push(`${title}: ${what}: the rule gives ${analytic}, the difference ${numeric} (error ${error}).`);
      }
    };
    const results = await program.run(feeds);
    const r = (feeds.upstream as Tensor<'float32'>).data;
    for (const index of inputs.keys()) {
      const x = feeds[`x${index}`] as Tensor<'float32'>;
      const g = (results[`g${index}`] as Tensor<'float32'>).data;
      for (let attempt = 0; attempt < DIRECTIONS; attempt++) {
        const { uniform } = randomStream(attempt, title, 'direction', index);
        const u = x.data.map(() => 2 * uniform() - 1);
        const at = async (step: number): Promise<number> => {
          const moved = float32(
            x.shape,
            x.data.map((value, at) => value + step * (u[at] as number)),
          );
          const { y: stepped } = await program.run({ ...feeds, [`x${index}`]: moved });
          return dot(r, (stepped as Tensor<'float32'>).data);
        };
        const numeric = ((await at(EPSILON)) - (await at(-EPSILON))) / (2 * EPSILON);
        judge(`input ${index}`, dot(g, u), numeric, norm(g) * norm(u));
      }
    }
    if (linear) {
      const through = inputs.reduce(
        (sum, _, index) =>
          sum + dot((results[`g${index}`] as Tensor<'float32'>).data, (feeds[`x${index}`] as Tensor<'float32'>).data),
        0,
      );
      const yData = (results.y as Tensor<'float32'>).data;
      judge('as a linear map', through, dot(r, yData), norm(r) * norm(yData));
    }
    return { worst, problems };
  } finally {
    await program.dispose();
  }
}

function draw(key: string, shape: readonly number[], how: Draw): Tensor<'float32'> {
  const random = randomStream(1, key);
  const count = elementCount(shape);
  if (how === 'normal') return float32(shape, Float32Array.from({ length: count }, random.normal));
  if (how === 'positive')
    return float32(
      shape,
      Float32Array.from({ length: count }, () => 1 + random.uniform()),
    );
  const grid = Array.from({ length: count }, (_, index) => (index - Math.floor(count / 2) + 0.5) * 0.05);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [grid[last], grid[other]] = [grid[other] as number, grid[last] as number];
  }
  return float32(shape, grid);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

const norm = (values: Float32Array): number => Math.sqrt(dot(values, values));
