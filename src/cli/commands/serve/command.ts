/** `refinenet serve`: models behind HTTP. */
import { EXIT } from '../../exit.ts';
import { onInterrupt } from '../../interruption.ts';
import type { RegisterCommand } from '../register-command.ts';
import { addServeOptions, type ServeOptions, serverOptions } from './options.ts';

export const registerServe: RegisterCommand = (program, exit) => {
  const command = program
    .command('serve')
    .description('answer requests over HTTP: a segmentation for an image')
    .argument('[models...]', 'folders or names of models, each also as NAME=FOLDER');
  addServeOptions(command).action(async (models: string[], options: ServeOptions) =>
    exit(await serve(models, options)),
  );
};

async function serve(models: readonly string[], options: ServeOptions): Promise<number> {
  const given = await serverOptions(models, options);
  const [{ startServer }, { LOG, sayListening }] = await Promise.all([
    import('../../../server/serve.ts'),
    import('./report.ts'),
  ]);
  const server = await startServer(given, LOG);
  const interruption = onInterrupt(
    `\nEnding when accepted requests are answered, in ${options.drain} s at most. Ctrl-C again ends at once.`,
  );
  sayListening(server);
  await new Promise<void>((resolve) => interruption.signal.addEventListener('abort', () => resolve()));
  const late = Symbol('late');
  const limit = new Promise<typeof late>((resolve) => setTimeout(() => resolve(late), options.drain * 1000).unref());
  const ended = await Promise.race([server.close(), limit]);
  interruption.release();
  if (ended !== late) return EXIT.success;
  server.kill();
  LOG.write(
    `${JSON.stringify({ level: 50, time: Date.now(), msg: `requests were not answered within ${options.drain} s` })}\n`,
  );
  process.exit(EXIT.failure);
}
