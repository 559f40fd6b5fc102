/** `refinenet dataset`: looks through labeled images before they are trained on, and converts them. */
import type { Dataset } from '../../../data/dataset.ts';
import { UsageError } from '../../../errors.ts';
import { backendFor } from '../../../platform/node/backend.ts';
import { nodeTaskFiles } from '../../../platform/node/task-files.ts';
import { contactSheetTask } from '../../../tasks/dataset/contact-sheet.ts';
import { convertTask } from '../../../tasks/dataset/convert.ts';
import type { DatasetEvent } from '../../../tasks/dataset/open.ts';
import { statsTask, verifyTask } from '../../../tasks/dataset/verify.ts';
import type { TaskContext } from '../../../tasks/task.ts';
import { areFor } from '../../../text.ts';
import { oneOf } from '../../parse.ts';
import type { RegisterCommand } from '../register-command.ts';
import { addDatasetCommandOptions, contactSheetRequest, type DatasetCommandOptions, splitRequest } from './options.ts';
import { datasetEvents, reportContactSheet, reportConversion, reportStatistics, reportVerification } from './report.ts';

type Act = (path: string, options: DatasetCommandOptions, context: TaskContext<DatasetEvent>) => Promise<() => number>;

/** What each does; gives what is to be said then. */
const ACTIONS = {
  async verify(path, options, context) {
    const result = await verifyTask.run(splitRequest(path, options), context);
    return () => reportVerification(result, options.json ?? false);
  },
  async stats(path, options, context) {
    const result = await statsTask.run(splitRequest(path, options), context);
    return () => reportStatistics(result, options.json ?? false);
  },
  async convert(path, options, context) {
    const { output, to } = options;
    const result = await convertTask.run({ ...splitRequest(path, options), output, to }, context);
    return () => reportConversion(result, options.json ?? false);
  },
} as const satisfies Record<string, Act>;
type Action = keyof typeof ACTIONS;
const ACTION_NAMES = Object.keys(ACTIONS) as Action[];

export const registerDataset: RegisterCommand = (program, exit) => {
  const command = program
    .command('dataset')
    .description('look through labeled images: problems (verify), figures (stats); or convert them')
    .argument('<action>', ACTION_NAMES.join(', '), oneOf('dataset', ACTION_NAMES))
    .argument('<path>', 'the folder of the data set, its data.yaml, labels (COCO, CVAT, ...) or list of pairs');
  addDatasetCommandOptions(command).action(async (action: Action, path: string, options: DatasetCommandOptions) =>
    exit(await act(action, path, options)),
  );
};

/** Options of `convert` alone. */
const OF_CONVERT = ['output', 'to'] as const satisfies readonly (keyof DatasetCommandOptions)[];

/** @throws UsageError naming options that the action does not have. */
function assertOptionsFit(action: Action, options: DatasetCommandOptions): void {
  const given = action === 'convert' ? [] : OF_CONVERT.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const named = given.map((name) => `--${name}`);
  throw new UsageError(`${areFor(named, 'convert')}; got ${action}.`);
}

/** The contact sheet comes last: what was found out is said even if it cannot be written. */
async function act(action: Action, path: string, options: DatasetCommandOptions): Promise<number> {
  assertOptionsFit(action, options);
  const { onEvent, end } = datasetEvents();
  // Both tasks are of one data set, whose files need to be listed only once.
  let opened: Promise<Dataset> | undefined;
  const context: TaskContext<DatasetEvent> = {
    backend: backendFor,
    files: {
      ...nodeTaskFiles,
      openDataset: (...asked) => (opened ??= nodeTaskFiles.openDataset(...asked)),
    },
    onEvent,
  };
  const tell = await ACTIONS[action](path, options, context).finally(end);
  const code = tell();
  const sheet = contactSheetRequest(path, options);
  if (sheet) reportContactSheet(await contactSheetTask.run(sheet, context));
  return code;
}
