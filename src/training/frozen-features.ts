/** What a run remembers of its views: the values that the frozen part of its network gives. */
import type { Outputs } from '../graph/rewrite/rewrite.ts';
import { knownShape } from '../graph/value.ts';
import { elementCount } from '../tensor/shape.ts';
import { imagesPerEpoch, type TrainingConfiguration } from './configuration.ts';
import { frozenSplit, networkParts } from './step/graph.ts';

type Configured = Pick<TrainingConfiguration, 'network' | 'step' | 'batch' | 'crop'>;

/** @throws UsageError if nothing of the network is frozen. */
export const frozenFeatures = ({ network, step, batch, crop }: Configured): Outputs =>
  frozenSplit(network, networkParts(network, step), { batch, height: crop, width: crop }).frozen;

/** What is remembered, of how many images. */
export type Views = Partial<Pick<TrainingConfiguration, 'views' | 'sampling' | 'data'>>;

const FLOAT_BYTES = 4;

/** Bytes of a run's remembered views with their labels; 0 where none are. */
export function viewsBytes(configuration: Configured & Views): number {
  const { views, batch, crop, sampling, data } = configuration;
  if (views === undefined || data === undefined) return 0;
  const features = Object.values(frozenFeatures(configuration));
  const ofBatch = features.reduce((sum, value) => sum + FLOAT_BYTES * elementCount(knownShape(value)), 0);
  return views * imagesPerEpoch({ data, ...(sampling && { sampling }) }) * (ofBatch / batch + crop * crop);
}
