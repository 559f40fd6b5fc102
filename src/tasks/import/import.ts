/** `import`: a checkpoint of any known publisher to a model folder. */
import { messageOf, UsageError } from '../../errors.ts';
import { IMAGENET_PREPROCESSING, type Preprocessing } from '../../image/preprocess.ts';
import { numberedClasses } from '../../labels/classes-named.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { importModel } from '../../models/import-model.ts';
import { summarize } from '../../models/summary.ts';
import { readWeights } from '../../weights/read-weights.ts';
import { readClasses } from '../classes.ts';
import type { WarningEvent } from '../events.ts';
import { defineTask, type WorkContext } from '../task.ts';
import type { TaskFiles } from '../task-files.ts';
import { IMPORT_REQUEST, type ImportRequest } from './request.ts';

export type ImportEvent = WarningEvent;

export interface ImportResult {
  /** The model's folder. */
  readonly output: string;
  readonly architecture: string;
  /** Whose names the checkpoint had. */
  readonly naming: string;
  readonly classes: readonly string[];
  readonly parameters: number;
  /** Tensors of the checkpoint that were left out knowingly. */
  readonly ignored: readonly string[];
  /** Tensors that were drawn afresh. */
  readonly fresh: readonly string[];
  readonly definition: NetworkDefinition;
  readonly preprocessing: Preprocessing;
}

export const importTask = defineTask({ name: 'import', request: IMPORT_REQUEST, work: importCheckpoint });

async function importCheckpoint(request: ImportRequest, context: WorkContext<ImportEvent>): Promise<ImportResult> {
  const { files, onEvent } = context;
  const { file, output, architecture, poolingOrder, stride, encoderStride, skip, reinitialize, seed, resize, force } =
    request;
  await files.assertWritable(output, force);
  const given = await givenClasses(request.classes, files);
  const bytes = await files.read(file).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read (${messageOf(error)}). Give the path of a checkpoint.`, {
      cause: error,
    });
  });
  const subject = files.nameOf(file);
  const imported = importModel(readWeights(bytes, file), {
    subject,
    ...(architecture && { architecture }),
    ...(given && { classes: given.length }),
    variant: {
      ...(poolingOrder && { poolingOrder }),
      ...(stride && { stridePlacement: stride }),
      ...(encoderStride && { encoderStride }),
      ...(skip && { skip }),
    },
    reinitialize,
    seed,
  });
  const { definition, weights, naming, ignored, fresh } = imported;
  const classes = given ?? numberedClasses(definition.classes);
  const preprocessing: Preprocessing = { ...IMAGENET_PREPROCESSING, resize };
  await files.writeModel(
    output,
    { definition, classes, preprocessing, weights },
    {
      title: files.nameOf(files.absolute(output)),
      architecture: imported.architecture,
      origin: `Imported from \`${subject}\` (names of ${naming}).`,
      overwrite: force,
    },
  );
  if (fresh.length > 0) onEvent({ type: 'warning', message: describeFresh(fresh) });
  return {
    output,
    architecture: imported.architecture,
    naming,
    classes: classes.map(({ name }) => name),
    parameters: summarize(definition, { width: 512, height: 512 }).parameters,
    ignored,
    fresh,
    definition,
    preprocessing,
  };
}

/** The classes asked for; a bare number gives them numbers for names. */
async function givenClasses(
  classes: ImportRequest['classes'],
  files: TaskFiles,
): Promise<readonly LabelClass[] | null> {
  if (classes === undefined) return null;
  return typeof classes === 'number' ? numberedClasses(classes) : readClasses(classes, files);
}

function describeFresh(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? ', ...' : '');
  return `${names.length} tensors were drawn afresh and know nothing yet: ${shown}. Train the model before using it.`;
}
