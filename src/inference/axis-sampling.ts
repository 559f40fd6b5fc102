/** Bringing numbers to another size along one axis, a stretch at a time: what a block of the result takes, and how much of it. */

/** `bilinear` as PyTorch's with align_corners=False; `bicubic` as MATLAB's imresize. */
export type SamplingKind = 'bilinear' | 'bicubic';

/** How `from` samples become `to`. */
export interface AxisSampling {
  readonly from: number;
  readonly to: number;
  /** Resulting samples for one given; not quite to / from where both axes share one factor. */
  readonly scale: number;
  readonly kind: SamplingKind;
}

/** Whole samples from `start` up to, but without, `end`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

interface Kernel {
  /** Where it is zero from, in given samples. */
  readonly radius: number;
  readonly at: (distance: number) => number;
  /** Whether it is stretched when shrinking, so that every sample counts. */
  readonly antialiased: boolean;
  /** The sample that stands for one beyond the border. */
  readonly inside: (index: number, count: number) => number;
}

const KERNELS: Readonly<Record<SamplingKind, Kernel>> = {
  bilinear: {
    radius: 1,
    at: (distance) => Math.max(0, 1 - distance),
    antialiased: false,
    inside: (index, count) => Math.min(Math.max(index, 0), count - 1),
  },
  bicubic: {
    radius: 2,
    // Keys' cubic with a slope of -1/2.
    at: (x) => (x >= 2 ? 0 : x < 1 ? 1 + x * x * (1.5 * x - 2.5) : -0.5 * (x - 1) * (x - 2) * (x - 2)),
    antialiased: true,
    // Mirrored, the border sample twice: ... 1 0 0 1 ... n-1 n-1 ...
    inside(index, count) {
      const place = ((index % (2 * count)) + 2 * count) % (2 * count);
      return place < count ? place : 2 * count - 1 - place;
    },
  },
};

/** The given samples that a stretch of the result takes. */
export function sourceStretch(sampling: AxisSampling, target: Stretch): Stretch {
  let start = sampling.from;
  let end = 0;
  // Mirrored samples may reach further in than those of the outermost results, so all are looked at.
  for (let index = target.start; index < target.end; index++) {
    for (const [sample] of taps(sampling, index)) {
      start = Math.min(start, sample);
      end = Math.max(end, sample + 1);
    }
  }
  return { start, end };
}

/** The weights [target, source], row-major, each row summing to one. */
export function samplingMatrix(sampling: AxisSampling, target: Stretch, source: Stretch): Float32Array {
  const columns = source.end - source.start;
  const matrix = new Float32Array((target.end - target.start) * columns);
  for (let index = target.start; index < target.end; index++) {
    const row = (index - target.start) * columns - source.start;
    for (const [sample, weight] of taps(sampling, index)) {
      matrix[row + sample] = (matrix[row + sample] as number) + weight;
    }
  }
  return matrix;
}

function taps({ from, scale, kind }: AxisSampling, index: number): (readonly [sample: number, weight: number])[] {
  const { radius, at, antialiased, inside } = KERNELS[kind];
  const stretch = antialiased ? Math.max(1, 1 / scale) : 1;
  // Samples are at the middle of their cells.
  const position = (index + 0.5) / scale - 0.5;
  const found: [number, number][] = [];
  let sum = 0;
  for (let sample = Math.ceil(position - radius * stretch); sample <= position + radius * stretch; sample++) {
    const weight = at(Math.abs(position - sample) / stretch);
    if (weight === 0) continue;
    found.push([inside(sample, from), weight]);
    sum += weight;
  }
  return found.map(([sample, weight]) => [sample, weight / sum]);
}
