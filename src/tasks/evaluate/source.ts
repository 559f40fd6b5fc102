/** Where the predictions that `val` scores come from: a model, saved masks, or saved probabilities. */
import type { Dataset } from '../../data/dataset.ts';
import type { Sample } from '../../data/sample.ts';
import { messageOf, UsageError } from '../../errors.ts';
import type { Predict } from '../../evaluation/evaluate.ts';
import { ProbabilityMean } from '../../evaluation/probability-mean.ts';
import { maskFile, probabilitiesFile, readMask, readProbabilities } from './prediction-files.ts';
import type { MaskEncodingName } from './request.ts';
import type { TaskFiles } from '../task-files.ts';

export type SourceKind = 'model' | 'masks' | 'probabilities';

/**
 * What is in the folders: one is a model, saved masks or saved probabilities, several are saved probabilities.
 * @throws UsageError if they are none of these, or do not go together.
 */
export async function sourceKind(
  folders: readonly string[],
  samples: readonly Sample[],
  wantsProbabilities: boolean,
  files: TaskFiles,
): Promise<SourceKind> {
  const found = await Promise.all(
    folders.map(async (folder) => ({ folder, kinds: await kindsIn(folder, samples, files) })),
  );
  const problems = found
    .filter(({ kinds }) => kinds.length === 0)
    .map(({ folder }) => `${folder}: neither a model nor predictions for these images${lookedFor(samples)}`);
  const fuses = folders.length > 1 || wantsProbabilities;
  for (const { folder, kinds } of found) {
    if (!fuses || kinds.length === 0 || kinds.includes('probabilities')) continue;
    problems.push(
      `${folder}: there are no saved probabilities in it, and only these are fused. Save them first: refinenet val MODEL DATASET --save ${kinds[0] === 'model' ? 'DIR' : folder} --save-probabilities.`,
    );
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return fuses ? 'probabilities' : (found[0]?.kinds[0] as SourceKind);
}

function lookedFor(samples: readonly Sample[]): string {
  const [first] = samples;
  return first ? ` (looked for config.json, ${maskFile(first)}, ${probabilitiesFile(first)}, and so on).` : '.';
}

/** What a folder can be taken for, the likeliest first. */
async function kindsIn(folder: string, samples: readonly Sample[], { list }: TaskFiles): Promise<SourceKind[]> {
  const names = await list(folder).catch((error: unknown) => {
    throw new UsageError(`${folder} cannot be read (${messageOf(error)}). Give a model or a folder of predictions.`);
  });
  const found = new Set(names);
  const has: Readonly<Record<SourceKind, boolean>> = {
    model: found.has('config.json'),
    masks: samples.some((sample) => found.has(maskFile(sample))),
    probabilities: samples.some((sample) => found.has(probabilitiesFile(sample))),
  };
  return (Object.keys(has) as SourceKind[]).filter((kind) => has[kind]);
}

/** Predictions from a folder of masks, whose pixels are class ids or written as in the data set. */
export function savedMasks(folder: string, dataset: Dataset, encoding: MaskEncodingName, files: TaskFiles): Predict {
  return (sample) => readMask(files.join(folder, maskFile(sample)), dataset, encoding === 'dataset', files);
}

/** Predictions from the mean of the probabilities in several folders; one file is in memory at a time, beside their sum. */
export function fusedProbabilities(folders: readonly string[], classes: number, files: TaskFiles): Predict {
  return async (sample, { labels: { width, height } }) => {
    const mean = new ProbabilityMean(classes, width, height);
    for (const folder of folders) {
      const path = files.join(folder, probabilitiesFile(sample));
      mean.add(await readProbabilities(path, files), path);
    }
    return mean.labels();
  };
}
