/** What an export begins with: a model, or several with the mean of their weights, at the size asked for. */
import { UsageError } from '../../errors.ts';
import { relationOf } from '../../models/growth.ts';
import { meaningDifferences } from '../../models/meaning.ts';
import type { Model, ModelDescription } from '../../models/model.ts';
import type { Weights } from '../../tensor/weights.ts';
import { meanOfWeights } from '../../weights/mean-of-weights.ts';
import type { TaskFiles } from '../task-files.ts';
import type { ExportRequest } from './request.ts';

export interface ReadModel {
  /** The model's folder, and those of the models that the mean is taken with. */
  readonly folders: readonly [string, ...string[]];
  readonly model: Model;
  /** In memory, in float32. */
  readonly weights: Weights;
}

/** @throws UsageError if a model is not there, or has no mean with the first one; FormatError or WeightsError of its files. */
export async function readModel(
  { model: location, meanWith, resize }: ExportRequest,
  files: Pick<TaskFiles, 'modelFolder' | 'readModel' | 'loadWeights'>,
): Promise<ReadModel> {
  const folder = await files.modelFolder(location);
  const others = await Promise.all(meanWith.map((other) => files.modelFolder(other)));
  const single = await files.readModel(folder);
  const weights = await files.loadWeights(single);
  const whole =
    others.length === 0 ? { model: single, weights } : await meanModel({ ...single, weights }, others, files);
  const { preprocessing } = whole.model;
  return {
    folders: [folder, ...others],
    model: resize === undefined ? whole.model : { ...whole.model, preprocessing: { ...preprocessing, resize } },
    weights: whole.weights,
  };
}

type WeightedModel = ModelDescription & { readonly weights: Weights };

/** The first model with the mean of all weights; without its ranges, which are of its own. */
async function meanModel(
  first: WeightedModel,
  folders: readonly string[],
  files: Pick<TaskFiles, 'readModel' | 'loadWeights'>,
): Promise<Pick<ReadModel, 'model' | 'weights'>> {
  const trainings = [first.weights];
  for (const folder of folders) {
    const other = await files.readModel(folder);
    const problems = meaningDifferences(other, first, 'the first model');
    if (relationOf(other.definition, first.definition) !== 'same') problems.push('its network is another one');
    if (problems.length > 0) {
      throw new UsageError(
        `${folder} has no mean with the first model: ${problems.join('; ')}. Give models that were trained from a common beginning.`,
      );
    }
    trainings.push(await files.loadWeights(other));
  }
  const { definition, classes, preprocessing } = first;
  const weights = meanOfWeights(trainings);
  return { model: { definition, classes, preprocessing, weights }, weights };
}
