/** Opens the predictions that `val` scores, and keeps them where that is asked for. */
import pc from 'picocolors';
import type { Dataset } from '../../../data/dataset.ts';
import { UsageError } from '../../../errors.ts';
import type { Predict } from '../../../evaluation/evaluate.ts';
import { compareClasses, segmenterPredictions } from '../../../evaluation/segmenter-predictions.ts';
import { createPredictor } from '../../../inference/predictor.ts';
import { backendFor } from '../../../platform/node/backend.ts';
import { modelFor, readModelFolder } from '../../../platform/node/model-folder.ts';
import { note, warn } from '../../output.ts';
import { predictorOptions, type RunOptions } from '../../run-options.ts';
import { saveMask, saveProbabilities } from './files.ts';
import { fusedProbabilities, type MaskEncodingName, savedMasks, sourceKind } from './source.ts';

export interface PredictionOptions extends RunOptions {
  readonly encoding: MaskEncodingName;
  readonly fuse?: boolean;
  readonly save?: string;
  readonly saveProbabilities?: boolean;
}

export interface PredictionSource {
  /** What is scored, in words. */
  readonly words: string;
  readonly predict: Predict;
  dispose(): Promise<void>;
}

/**
 * Opens what is scored: one folder that is a model, saved masks or saved probabilities, or several of saved probabilities.
 * @throws UsageError if the folders are none of these, or the options do not go with them.
 */
export async function openPredictions(
  folders: readonly string[],
  dataset: Dataset,
  split: string,
  options: PredictionOptions,
): Promise<PredictionSource> {
  if (options.saveProbabilities && options.save === undefined) {
    throw new UsageError('--save-probabilities needs --save FOLDER, where they are written.');
  }
  const kind = await sourceKind(folders, dataset.samples(split), options.fuse ?? false);
  const [folder] = folders as [string];
  if (kind === 'model') return modelSource(folder, dataset, options, dataset.samples(split).length);
  if (options.saveProbabilities)
    throw new UsageError('--save-probabilities needs a model; saved predictions were given.');
  const predict =
    kind === 'masks'
      ? savedMasks(folder, dataset, options.encoding)
      : fusedProbabilities(folders, dataset.classes.length);
  const words =
    kind === 'masks'
      ? `the masks in ${folder}`
      : folders.length === 1
        ? `the probabilities in ${folder}`
        : `the mean probabilities of ${folders.join(', ')}`;
  note(`Scoring ${words}.`);
  const { save } = options;
  return {
    words,
    async predict(sample, labelled) {
      const labels = await predict(sample, labelled);
      if (save !== undefined) await saveMask(save, sample, labels, colorsOf(dataset));
      return labels;
    },
    dispose: async () => {},
  };
}

async function modelSource(
  path: string,
  dataset: Dataset,
  options: PredictionOptions,
  images: number,
): Promise<PredictionSource> {
  const { save, saveProbabilities: savesProbabilities = false } = options;
  const model = await readModelFolder(path);
  const difference = compareClasses(model, dataset.classes, path);
  if (difference !== undefined) warn(difference);
  const backend = await backendFor(options.device, warn);
  const predictor = await createPredictor(await modelFor(backend, model), backend, {
    ...predictorOptions(options, model, images),
    probabilities: savesProbabilities,
  });
  note(pc.dim(`${model.classes.length} classes, computing on ${predictor.provider}`));
  return {
    words: path,
    predict: segmenterPredictions(predictor, async (sample, { labels, probabilities }) => {
      if (save === undefined) return;
      await saveMask(save, sample, labels, colorsOf(dataset));
      if (probabilities) await saveProbabilities(save, sample, probabilities);
    }),
    dispose: () => predictor.dispose(),
  };
}

const colorsOf = ({ classes }: Dataset) => classes.map(({ color }) => color);
