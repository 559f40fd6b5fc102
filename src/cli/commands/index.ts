/** The commands. Adding one is a file beside this and a line here. */
import type { Command } from 'commander';
import { registerDataset } from './dataset.ts';
import { registerExport } from './export.ts';
import { registerImport } from './import.ts';
import { registerInfo } from './info.ts';
import { registerPredict } from './predict.ts';
import { registerTrain } from './train.ts';

/** Adds a command to the program; `exit` sets the exit code of a command that ends without an error. */
export type RegisterCommand = (program: Command, exit: (code: number) => void) => void;

export const COMMANDS: readonly RegisterCommand[] = [
  registerPredict,
  registerTrain,
  registerImport,
  registerExport,
  registerInfo,
  registerDataset,
];
