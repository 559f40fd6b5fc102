/** An image inside the network, in a page: what is at its stations is fetched when it is asked for. */
import type { Image } from '../../image/image.ts';
import type { ImageSize } from '../../image/preprocess.ts';
import type { ClassReading } from '../../inference/inspector.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import type { Station } from '../../models/stations.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { InspectionCallName, InspectionCalls, InspectionFacts } from './hosted-inspections.ts';
import { WebSegmentation } from './web-segmentation.ts';

/** Asks where the model computes. */
export type LookUp = <Name extends InspectionCallName>(
  call: Name,
  request: InspectionCalls[Name]['request'],
) => Promise<InspectionCalls[Name]['result']>;

/** An image inside the network. */
export interface WebInspection {
  readonly image: Image;
  /** At which size the image entered the network. */
  readonly size: ImageSize;
  /** The network's stations in the order in which features pass them. */
  readonly stations: readonly Station[];
  /** What the whole network gives. */
  readonly segmentation: WebSegmentation;
  /** The features at a station, float32 [1, C, h, w]. @throws UsageError if there is no such station, RuntimeError after disposal */
  tensor(station: string): Promise<Tensor<'float32'>>;
  /**
   * What the network would find if it ended at a station: by its own classifier on the upsampled features where that takes as many
   * channels, else by a linear probe that is fitted to the mask of the whole network.
   * @param options `by: 'probe'` reads features by a probe that the classifier could take too.
   * @throws as `tensor`
   */
  classes(
    station: string,
    options?: { readonly by?: ClassReading | undefined },
  ): Promise<{ readonly segmentation: WebSegmentation; readonly by: ClassReading }>;
  /** Frees the features. */
  dispose(): Promise<void>;
}

export function webInspection(
  { id, image, size, labels, stations }: InspectionFacts,
  classes: readonly LabelClass[],
  lookUp: LookUp,
): WebInspection {
  return {
    image,
    size,
    stations,
    segmentation: new WebSegmentation(image, { labels }, classes),
    tensor: (station) => lookUp('stationTensor', { id, station }),
    async classes(station, { by } = {}) {
      const found = await lookUp('stationClasses', { id, station, by });
      return { segmentation: new WebSegmentation(image, { labels: found.labels }, classes), by: found.by };
    },
    async dispose() {
      await lookUp('forget', id);
    },
  };
}
