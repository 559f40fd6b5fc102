/** `refinenet export`: a model folder to ONNX, safetensors, another model folder or one for Hugging Face's libraries. */
import { backendFor } from '../../../platform/node/backend.ts';
import { nodeTaskFiles } from '../../../platform/node/task-files.ts';
import { exportTask } from '../../../tasks/export/export.ts';
import type { RegisterCommand } from '../register-command.ts';
import { addExportOptions, type ExportOptions, exportRequest } from './options.ts';
import { exportReport } from './report.ts';

export const registerExport: RegisterCommand = (program) => {
  const command = program
    .command('export')
    .description(
      "write a model, or the mean of several, as ONNX, safetensors, a model folder or one for Hugging Face's libraries",
    )
    .argument('<model>', 'a model folder');
  addExportOptions(command).action(exportModel);
};

async function exportModel(model: string, options: ExportOptions): Promise<void> {
  const report = exportReport(options);
  try {
    const result = await exportTask.run(exportRequest(model, options), {
      backend: backendFor,
      files: nodeTaskFiles,
      onEvent: report.onEvent,
    });
    report.end();
    report.conclude(result);
  } finally {
    report.end();
  }
}
