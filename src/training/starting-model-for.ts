/** The model that training on a data set starts from, with everything that belongs to it. */
import type { Dataset } from '../data/dataset.ts';
import { IMAGENET_PREPROCESSING, type Preprocessing } from '../image/preprocess.ts';
import type { NetworkDefinition } from '../models/families.ts';
import type { ModelDescription } from '../models/model.ts';
import { type StartingModel, type StartingModelOptions, startingModel } from '../models/starting-model.ts';

/** From which network and weights training starts; the number of classes is the data set's. */
export interface StartingModelForOptions extends Omit<StartingModelOptions, 'classes' | 'seed'> {
  /**
   * With given weights their network, where it is known already; they have our names then. Alone a network of your own, in
   * place of an architecture's name. Its number of classes becomes the data set's.
   */
  readonly definition?: NetworkDefinition;
  /** What tensors that are new are drawn from. Default 0. */
  readonly seed?: number;
  /** What the given weights expect of pixels; what encoders trained on ImageNet expect when left out. */
  readonly preprocessing?: Preprocessing;
}

/** What `train` and `planTraining` take as their model, and `Segmenter.create` as well. */
export interface TrainableModel extends StartingModel, ModelDescription {}

/**
 * A network for the classes of a data set, as `startingModel` makes one, with the data set's classes. Images keep their size
 * in it: the recipe says at which size they are learned from.
 * @throws UsageError if neither architecture nor definition is given and no weights that tell it, WeightsError if the weights
 * do not fit.
 */
export function startingModelFor(
  dataset: Pick<Dataset, 'classes'>,
  { seed = 0, preprocessing = IMAGENET_PREPROCESSING, ...options }: StartingModelForOptions,
): TrainableModel {
  const classes = dataset.classes.map(({ name, color }) => ({ name, color }));
  const { definition, ...others } = options;
  const own = definition && !options.given ? { network: definition, ...others } : options;
  const start = startingModel({ ...own, classes: classes.length, seed });
  return { ...start, classes, preprocessing: { ...preprocessing, resize: null } };
}
