/** What an export begins with: a model, or several with the mean of their weights, at the size asked for. */
import { UsageError } from '../../errors.ts';
import { architectureName } from '../../models/architectures.ts';
import { relationOf } from '../../models/growth.ts';
import { meaningDifferences } from '../../models/meaning.ts';
import { withCrf } from '../../models/refinenet/crf.ts';
import type { Model, ModelDescription } from '../../models/model.ts';
import type { Weights } from '../../tensor/weights.ts';
import { meanOfWeights } from '../../weights/mean-of-weights.ts';
import type { WarningEvent } from '../events.ts';
import type { WorkContext } from '../task.ts';
import type { ExportRequest } from './request.ts';

export interface ModelToExport {
  /** The model's folder, and those of the models that the mean is taken with. */
  readonly folders: readonly [string, ...string[]];
  readonly model: Model;
  /** In memory, in float32. */
  readonly weights: Weights;
}

type Context = Pick<WorkContext<WarningEvent>, 'files' | 'onEvent'>;

/** @throws UsageError if a model is not there, or has no mean with the first one; FormatError or WeightsError of its files. */
export async function modelToExport(
  { model: location, meanWith, resize, crf }: ExportRequest,
  context: Context,
): Promise<ModelToExport> {
  const { files } = context;
  const folder = await files.modelFolder(location);
  const others = await Promise.all(meanWith.map((other) => files.modelFolder(other)));
  const folders: ModelToExport['folders'] = [folder, ...others];
  const single = await files.readModel(folder);
  const weights = await files.loadWeights(single);
  const whole =
    others.length === 0 ? { model: single, weights } : await meanModel({ ...single, weights }, folders, context);
  const { preprocessing, definition } = whole.model;
  return {
    folders,
    model: {
      ...whole.model,
      ...(resize !== undefined && { preprocessing: { ...preprocessing, resize } }),
      ...(crf !== undefined && { definition: withCrf(definition, crf, preprocessing) }),
    },
    weights: whole.weights,
  };
}

/** The first model with the mean of all weights; without its ranges, which are of its own. */
async function meanModel(
  first: Model & { readonly weights: Weights },
  folders: ModelToExport['folders'],
  { files, onEvent }: Context,
): Promise<Pick<ModelToExport, 'model' | 'weights'>> {
  const [own, ...others] = folders;
  const seen = new Set([files.absolute(own)]);
  const trainings = [first.weights];
  for (const folder of others) {
    if (seen.has(files.absolute(folder))) {
      throw new UsageError(`${folder} is named twice: a mean is of different trainings. Name each once.`);
    }
    seen.add(files.absolute(folder));
    const other = await files.readModel(folder);
    const problems = [...meaningDifferences(other, first, own), ...networkDifferences(other, first)];
    if (problems.length > 0) {
      throw new UsageError(
        `${folder} has no mean with ${own}: ${problems.join('; ')}. Give models that were trained from a common beginning.`,
      );
    }
    trainings.push(await files.loadWeights(other));
  }
  if (first.ranges) {
    const message = `The ranges for int8 of ${own} are not those of the mean, and are left out. To find them: --precision int8 --calibration FOLDER.`;
    onEvent({ type: 'warning', message });
  }
  const { definition, classes, preprocessing } = first;
  const weights = meanOfWeights(trainings);
  return { model: { definition, classes, preprocessing, weights }, weights };
}

function networkDifferences(one: ModelDescription, other: ModelDescription): readonly string[] {
  if (relationOf(one.definition, other.definition) === 'same') return [];
  const [own, wanted] = [one, other].map(({ definition }) => architectureName(definition));
  return [own === wanted ? `its network is another form of ${own}` : `its network is ${own}, not ${wanted}`];
}
