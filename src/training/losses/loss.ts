/** What a loss is to the training step. */
import type { Value } from '../../graph/value.ts';
import type { LossTerm } from '../step/types.ts';
import type { Pixels } from './pixels.ts';

/** One number of shape [] for all scored pixels of a batch; 0 if there are none. */
export type Loss = (pixels: Pixels, term: LossTerm) => Value;
