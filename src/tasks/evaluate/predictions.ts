/** Opens the predictions that are scored, and keeps them where that is asked for. */
import type { Dataset } from '../../data/dataset.ts';
import { UsageError } from '../../errors.ts';
import type { Predict } from '../../evaluation/evaluate.ts';
import { compareClasses, segmenterPredictions } from '../../evaluation/segmenter-predictions.ts';
import { createPredictor } from '../../inference/predictor.ts';
import { predictorOptions } from '../run-options.ts';
import type { WorkContext } from '../task.ts';
import type { EvaluateEvent } from './events.ts';
import { saveMask, saveProbabilities } from './prediction-files.ts';
import type { EvaluateRequest } from './request.ts';
import { fusedProbabilities, savedMasks, sourceKind } from './source.ts';
import { assertOptionsOf } from './source-options.ts';
import { assertDatasetUntouched } from './untouched-dataset.ts';

export interface PredictionSource {
  /** What is scored, in words. */
  readonly words: string;
  readonly predict: Predict;
  dispose(): Promise<void>;
}

/**
 * Opens what is scored: one folder that is a model, saved masks or saved probabilities, or several of saved probabilities.
 * @throws UsageError if the folders are none of these, the options do not go with them, or the data set would be written over.
 */
export async function openPredictions(
  folders: readonly string[],
  dataset: Dataset,
  split: string,
  options: EvaluateRequest,
  context: WorkContext<EvaluateEvent>,
): Promise<PredictionSource> {
  const { files, onEvent } = context;
  if (options.saveProbabilities && options.save === undefined) {
    throw new UsageError('--save-probabilities needs --save FOLDER, where they are written.');
  }
  await assertDatasetUntouched(dataset, split, options, files);
  const kind = await sourceKind(folders, dataset.samples(split), options.fuse, files);
  assertOptionsOf(kind, options);
  const [folder] = folders as [string];
  if (kind === 'model') return modelSource(folder, dataset, options, dataset.samples(split).length, context);
  if (options.saveProbabilities)
    throw new UsageError('--save-probabilities needs a model; saved predictions were given.');
  const predict =
    kind === 'masks'
      ? savedMasks(folder, dataset, options.encoding, files)
      : fusedProbabilities(folders, dataset.classes.length, files);
  const words =
    kind === 'masks'
      ? `the masks in ${folder}`
      : folders.length === 1
        ? `the probabilities in ${folder}`
        : `the mean probabilities of ${folders.join(', ')}`;
  onEvent({ type: 'source', words });
  const { save } = options;
  return {
    words,
    async predict(sample, labeled) {
      const labels = await predict(sample, labeled);
      if (save !== undefined) await saveMask(save, sample, labels, colorsOf(dataset), files);
      return labels;
    },
    dispose: async () => {},
  };
}

async function modelSource(
  path: string,
  dataset: Dataset,
  options: EvaluateRequest,
  images: number,
  { files, backend: openBackend, onEvent }: WorkContext<EvaluateEvent>,
): Promise<PredictionSource> {
  const { save, saveProbabilities: savesProbabilities } = options;
  const warn = (message: string) => onEvent({ type: 'warning', message });
  const model = await files.readModel(path);
  const difference = compareClasses(model, dataset.classes, path);
  if (difference !== undefined) warn(difference);
  const backend = await openBackend(options.device, warn);
  const predictor = await createPredictor(await files.modelFor(backend, model), backend, {
    ...predictorOptions(options, model, images),
    probabilities: savesProbabilities,
  });
  onEvent({ type: 'model', classes: model.classes.length, provider: predictor.provider });
  return {
    words: path,
    predict: segmenterPredictions(predictor, async (sample, { labels, probabilities }) => {
      if (save === undefined) return;
      await saveMask(save, sample, labels, colorsOf(dataset), files);
      if (probabilities) await saveProbabilities(save, sample, probabilities, files);
    }),
    dispose: () => predictor.dispose(),
  };
}

const colorsOf = ({ classes }: Dataset) => classes.map(({ color }) => color);
