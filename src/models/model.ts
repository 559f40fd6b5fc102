/** A network with everything that belongs to it: classes, preprocessing and weights. */
import type { ActivationRanges } from '../graph/rewrite/quantize-network.ts';
import type { Preprocessing } from '../image/preprocess.ts';
import type { LabelClass } from '../labels/label-class.ts';
import type { WeightsSource } from '../tensor/weights.ts';
import type { NetworkDefinition } from './families.ts';

/** All of a model but its weights. */
export interface ModelDescription {
  readonly definition: NetworkDefinition;
  /** There are as many as the network has classes. */
  readonly classes: readonly LabelClass[];
  readonly preprocessing: Preprocessing;
}

/** All that is needed to load a network into an engine and to understand its results. */
export interface Model extends ModelDescription {
  /** Every tensor of the network by its name, in memory or as a place in a file of `folder`. */
  readonly weights: WeightsSource;
  /** Where weights that are stored in files lie. */
  readonly folder?: string;
  /** Between which numbers its activations lie, where it was calibrated for int8. */
  readonly ranges?: ActivationRanges;
}
