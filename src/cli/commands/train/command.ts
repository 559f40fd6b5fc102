/** `refinenet train`: labeled images to a model. */
import { backendFor } from '../../../platform/node/backend.ts';
import { availableMemory } from '../../../platform/node/machine-memory.ts';
import { nodeTaskFiles } from '../../../platform/node/task-files.ts';
import { trainTask } from '../../../tasks/train/train.ts';
import { warn } from '../../output.ts';
import type { RegisterCommand } from '../register-command.ts';
import { addTrainOptions, type TrainOptions, trainRequest } from './options.ts';
import { trainReport } from './report.ts';

export const registerTrain: RegisterCommand = (program, exit) => {
  const command = program
    .command('train')
    .description('train a network on your own labeled images')
    .argument('[dataset]', 'the folder of the data set, its data.yaml or its list of pairs (resuming: as before)');
  addTrainOptions(command).action(async (dataset: string | undefined, options: TrainOptions) =>
    exit(await train(dataset, options)),
  );
};

async function train(dataset: string | undefined, options: TrainOptions): Promise<number> {
  const report = trainReport(options);
  try {
    const result = await trainTask.run(trainRequest(dataset, options), {
      backend: (device) => backendFor(device, warn),
      files: nodeTaskFiles,
      memory: availableMemory(),
      signal: report.signal,
      onEvent: report.onEvent,
    });
    report.end();
    return report.conclude(result);
  } finally {
    report.end();
  }
}
