/** The options of `worker`: how they are typed. */
import type { Command } from 'commander';
import type { Device } from '../../../runtime/backend.ts';
import { device, DEVICE_NAMES } from '../../device.ts';
import { numberFor, seconds, wholeNumber } from '../../parse.ts';

/** What was typed. */
export interface WorkerCommandOptions {
  readonly concurrency: number;
  readonly device?: Device;
  readonly threads?: number;
  readonly stalled: number;
  readonly json?: boolean;
}

/** Adds them to the command. */
export function addWorkerOptions(command: Command): Command {
  return command
    .option(
      '--concurrency <count>',
      'images at work at once: one is computed, others are decoded and written',
      wholeNumber('--concurrency', 1),
      3,
    )
    .option('--device <name>', `${DEVICE_NAMES} (default: what predict was told)`, device)
    .option(
      '--threads <count>',
      'threads of the engine (default: what predict was told)',
      numberFor('--threads', 'threads'),
    )
    .option(
      '--stalled <seconds>',
      'without a sign of life after which images are given to another worker',
      seconds('--stalled', 2),
      30,
    )
    .option('--json', 'print one JSON object a line instead of text');
}
