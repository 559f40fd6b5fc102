/** `refinenet import`: a checkpoint of any known publisher to a model folder. */
import { backendFor } from '../../../platform/node/backend.ts';
import { nodeTaskFiles } from '../../../platform/node/task-files.ts';
import { importTask } from '../../../tasks/import/import.ts';
import type { RegisterCommand } from '../register-command.ts';
import { addImportOptions, type ImportOptions, importRequest } from './options.ts';
import { onImportEvent, reportImport } from './report.ts';

export const registerImport: RegisterCommand = (program) => {
  const command = program
    .command('import')
    .description('turn a checkpoint (.pth, .pth.tar, .safetensors, .onnx) into a model folder')
    .argument('<file>', 'the checkpoint');
  addImportOptions(command).action(async (file: string, options: ImportOptions) => {
    const result = await importTask.run(importRequest(file, options), {
      backend: backendFor,
      files: nodeTaskFiles,
      onEvent: onImportEvent,
    });
    reportImport(result, options);
  });
};
