/** `refinenet demo`: all of it on images that are drawn here, without any data. */
import { wholeNumber } from '../../parse.ts';
import type { RegisterCommand } from '../register-command.ts';
import type { DemoOptions } from './options.ts';

export const registerDemo: RegisterCommand = (program, exit) => {
  program
    .command('demo')
    .description('see it work without any data: segment a drawn street, train on drawn shapes')
    .option('--output <folder>', 'where results go (default: runs/demo, runs/demo2, ...)')
    .option('--seed <number>', 'for drawings, weights and training', wholeNumber('--seed', 0), 0)
    .option('--skip-training', 'only segment, which takes seconds')
    .option('--open', 'show the image at the end')
    .option('--json', 'print the result as JSON')
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('./run.ts');
      exit(await runDemo(options));
    });
};
