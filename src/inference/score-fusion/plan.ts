/** Which parts of its score maps a block of an image is fused from, and with what weights. */
import type { NamedTensors } from '../../runtime/backend.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import { type AxisSampling, type Stretch, samplingMatrix, sourceStretch } from '../axis-sampling.ts';
import type { Averaging } from '../protocols.ts';
import { AVERAGING_RULES, ENLARGED, type Size } from './graph.ts';
import type { ScoreMap } from '../scores/score-map.ts';

export class ScoreFusionPlan {
  readonly #maps: readonly ScoreMap[];
  readonly #vertical: AxisPlan;
  readonly #horizontal: AxisPlan;

  constructor(image: Size, maps: readonly ScoreMap[], averaging: Averaging) {
    const { averagingSize, kind, sharesScale } = AVERAGING_RULES[averaging];
    const common = averagingSize?.(maps) ?? null;
    const plan = (axis: 'height' | 'width'): AxisPlan => {
      const sampling = (from: Size, to: Size): AxisSampling => {
        const scale = sharesScale ? Math.max(to.height / from.height, to.width / from.width) : to[axis] / from[axis];
        return { from: from[axis], to: to[axis], scale, kind };
      };
      return {
        maps: maps.map((map) => sampling(map, common ?? image)),
        enlargement: common && sampling(common, image),
      };
    };
    this.#maps = maps;
    this.#vertical = plan('height');
    this.#horizontal = plan('width');
  }

  /** The rows of each map that the image's rows take. */
  rowsOf(rows: Stretch): readonly Stretch[] {
    return sourcesOf(this.#vertical, rows).maps;
  }

  /** The graph's inputs for a block; the rows it takes must be there. */
  feeds(rows: Stretch, columns: Stretch): NamedTensors {
    const [vertical, horizontal] = [sourcesOf(this.#vertical, rows), sourcesOf(this.#horizontal, columns)];
    return Object.fromEntries([
      ...this.#maps.map((map, index) => [
        `scores_${index}`,
        map.block(vertical.maps[index] as Stretch, horizontal.maps[index] as Stretch),
      ]),
      ...weightsOf(this.#vertical, vertical, rows).map(([name, weights]) => [`rows_${name}`, weights]),
      ...weightsOf(this.#horizontal, horizontal, columns).map(([name, weights]) => [`columns_${name}`, weights]),
    ]);
  }
}

/** How numbers come from the maps to the image along one axis. */
interface AxisPlan {
  /** Resizes each map to the size at which they are averaged. */
  readonly maps: readonly AxisSampling[];
  /** Resizes from there to the image, where that is another size. */
  readonly enlargement: AxisSampling | null;
}

/** What a stretch of the image takes. */
interface Sources {
  readonly averaged: Stretch;
  readonly maps: readonly Stretch[];
}

function sourcesOf({ maps, enlargement }: AxisPlan, target: Stretch): Sources {
  const averaged = enlargement ? sourceStretch(enlargement, target) : target;
  return { averaged, maps: maps.map((sampling) => sourceStretch(sampling, averaged)) };
}

/** The matrices along one axis, by the end of their inputs' names. */
function weightsOf(
  { maps, enlargement }: AxisPlan,
  sources: Sources,
  target: Stretch,
): readonly (readonly [string, Tensor])[] {
  const matrix = (sampling: AxisSampling, to: Stretch, from: Stretch): Tensor =>
    float32([to.end - to.start, from.end - from.start], samplingMatrix(sampling, to, from));
  return [
    ...maps.map(
      (sampling, index) => [String(index), matrix(sampling, sources.averaged, sources.maps[index] as Stretch)] as const,
    ),
    ...(enlargement ? [[ENLARGED, matrix(enlargement, target, sources.averaged)] as const] : []),
  ];
}
