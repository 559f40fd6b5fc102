/** All that can be asked of the product, by name. Adding a task is a folder beside this and an entry here. */
import { benchmarkTask } from './benchmark/benchmark.ts';
import { contactSheetTask } from './dataset/contact-sheet.ts';
import { convertTask } from './dataset/convert.ts';
import { statsTask, verifyTask } from './dataset/verify.ts';
import { evaluateTask } from './evaluate/evaluate.ts';
import { exportTask } from './export/export.ts';
import { importTask } from './import/import.ts';
import { predictTask } from './predict/predict.ts';
import { predictVideoTask } from './predict/video/predict-video.ts';
import { trainTask } from './train/train.ts';

export const TASKS = {
  predict: predictTask,
  'predict-video': predictVideoTask,
  train: trainTask,
  evaluate: evaluateTask,
  import: importTask,
  export: exportTask,
  benchmark: benchmarkTask,
  'dataset-verify': verifyTask,
  'dataset-stats': statsTask,
  'dataset-convert': convertTask,
  'dataset-contact-sheet': contactSheetTask,
} as const;

export type TaskName = keyof typeof TASKS;
