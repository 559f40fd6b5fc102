/** The commands. Adding one is a folder beside this and an entry here. */
import type { Command } from 'commander';
import { calledCommand } from '../arguments.ts';
import type { RegisterCommand } from './register-command.ts';

/** What the list of commands shows of one; all else is read when it is called. */
export interface CommandEntry {
  readonly name: string;
  /** The arguments as the command's own help writes them. */
  readonly arguments: string;
  readonly description: string;
  readonly load: () => Promise<RegisterCommand>;
}

/** In the order in which help lists them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    arguments: '',
    description: 'see it work without any data: segment a drawn street, train on drawn shapes',
    load: async () => (await import('./demo/command.ts')).registerDemo,
  },
  {
    name: 'app',
    arguments: '[models...]',
    description: 'open the app: segment, look into the network, label and train in the browser',
    load: async () => (await import('./app/command.ts')).registerApp,
  },
  {
    name: 'predict',
    arguments: '<image...>',
    description: 'segment images: a mask, an overlay and figures for each',
    load: async () => (await import('./predict/command.ts')).registerPredict,
  },
  {
    name: 'train',
    arguments: '[dataset]',
    description: 'train a network on your own labeled images',
    load: async () => (await import('./train/command.ts')).registerTrain,
  },
  {
    name: 'val',
    arguments: '<inputs...>',
    description: 'measure a model on labeled images, or score saved predictions: mIoU, accuracies, classes, images',
    load: async () => (await import('./val/command.ts')).registerVal,
  },
  {
    name: 'import',
    arguments: '<file>',
    description: 'turn a checkpoint (.pth, .pth.tar, .safetensors, .onnx) into a model folder',
    load: async () => (await import('./import/command.ts')).registerImport,
  },
  {
    name: 'export',
    arguments: '<model>',
    description:
      "write a model, or the mean of several, as ONNX, safetensors, a model folder or one for Hugging Face's libraries",
    load: async () => (await import('./export/command.ts')).registerExport,
  },
  {
    name: 'info',
    arguments: '<model>',
    description: 'layers, parameters and multiply-adds of a model or an architecture',
    load: async () => (await import('./info/command.ts')).registerInfo,
  },
  {
    name: 'serve',
    arguments: '[models...]',
    description: 'answer requests over HTTP: a segmentation for an image',
    load: async () => (await import('./serve/command.ts')).registerServe,
  },
  {
    name: 'worker',
    arguments: '<queue>',
    description: 'segment the images that predict --queue puts into a queue, on any machine',
    load: async () => (await import('./worker/command.ts')).registerWorker,
  },
  {
    name: 'benchmark',
    arguments: '[model]',
    description: 'latency, throughput and memory of a model or an architecture on this machine',
    load: async () => (await import('./benchmark/command.ts')).registerBenchmark,
  },
  {
    name: 'dataset',
    arguments: '<action> <path>',
    description: 'look through labeled images: problems (verify), figures (stats); or convert them',
    load: async () => (await import('./dataset/command.ts')).registerDataset,
  },
];

/**
 * Adds all commands to the program, of which only the one that the arguments call is loaded; the others are entries in the
 * list of help.
 */
export async function addCommands(
  program: Command,
  argv: readonly string[],
  exit: (code: number) => void,
): Promise<void> {
  const word = calledCommand(argv);
  const called = word === 'help' ? calledCommand(argv.slice(argv.indexOf(word) + 1)) : word;
  for (const { name, arguments: taken, description, load } of COMMANDS) {
    if (name === called) (await load())(program, exit);
    // All commands have options, of which the list says no more than that.
    else program.command(`${name} ${taken}`).description(description).option('--any');
  }
}
