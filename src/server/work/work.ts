/** What the work on a job has at hand. */
import type { Image } from '../../image/image.ts';
import type { Segmentation } from '../../inference/segmentation/segmentation.ts';
import type { Predictor } from '../../inference/predictor.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import { checkNetworkPixels } from './limits.ts';
import type { Predictors, Variant } from './predictors.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface WorkContext {
  readonly predictors: Predictors;
  readonly pixelLimit: number;
  /** Looked at between steps: nothing else than its own end stops the engine in one. */
  readonly signal: { readonly aborted: boolean; readonly reason?: unknown };
  /** Waits until the engine is free, and has it for as long as the work takes. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly stopwatch: Stopwatch;
}

/** Segments an image when its turn comes. @throws Refusal if it takes too many pixels; as `Predictor.segment` */
export async function segmentInTurn(
  image: Image,
  model: string,
  variant: Variant,
  { predictors, pixelLimit, signal, inTurn, stopwatch }: WorkContext,
): Promise<{ readonly segmentation: Segmentation; readonly predictor: Predictor }> {
  return inTurn(async () => {
    throwIfAborted(signal);
    return stopwatch.during('compute', async () => {
      const preprocessing = predictors.preprocessingOf(model);
      checkNetworkPixels(image, variant, preprocessing, pixelLimit);
      const predictor = await predictors.get(model, variant);
      return { predictor, segmentation: await predictor.segment(image, { signal }) };
    });
  });
}
