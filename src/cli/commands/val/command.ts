/** `refinenet val`: how good a model, or saved predictions, are on labeled images. */
import { backendFor } from '../../../platform/node/backend.ts';
import { nodeTaskFiles } from '../../../platform/node/task-files.ts';
import { evaluateTask } from '../../../tasks/evaluate/evaluate.ts';
import type { RegisterCommand } from '../register-command.ts';
import { addValOptions, evaluateRequest, type ValOptions } from './options.ts';
import { valReport } from './report.ts';

export const registerVal: RegisterCommand = (program, exit) => {
  const command = program
    .command('val')
    .description('measure a model on labeled images, or score saved predictions: mIoU, accuracies, classes, images')
    .argument(
      '<inputs...>',
      'MODEL DATASET (or DATASET alone, with the shipped model), or in place of the model a folder of saved masks, or one or more folders of saved probabilities, which are averaged',
    );
  addValOptions(command).action(async (inputs: string[], options: ValOptions) => exit(await val(inputs, options)));
};

async function val(inputs: readonly string[], options: ValOptions): Promise<number> {
  const report = valReport(options);
  try {
    const result = await evaluateTask.run(evaluateRequest(inputs, options), {
      backend: backendFor,
      files: nodeTaskFiles,
      onEvent: report.onEvent,
    });
    report.end();
    return report.conclude(result);
  } finally {
    report.end();
  }
}
