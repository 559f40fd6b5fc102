/** `refinenet app`: the app in the browser. */
import { port } from '../../parse.ts';
import type { RegisterCommand } from '../register-command.ts';
import type { AppOptions } from './run.ts';

export const registerApp: RegisterCommand = (program, exit) => {
  program
    .command('app')
    .description('open the app: segment, look into the network, label and train in the browser')
    .argument('[models...]', 'folders or names of models that it begins with, each also as NAME=FOLDER')
    .option('--host <address>', 'where to listen; other machines reach 0.0.0.0, not 127.0.0.1', '127.0.0.1')
    .option('--port <number>', 'where to listen; 0 takes a free one', port, 8081)
    .option('--no-open', 'print the address and open no browser')
    .option('--output <folder>', 'write the app as files that any web server can host, and serve nothing')
    .action(async (models: string[], options: AppOptions) => {
      const { runApp } = await import('./run.ts');
      exit(await runApp(models, options));
    });
};
