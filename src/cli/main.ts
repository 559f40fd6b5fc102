/** The command line: `refinenet VERB [INPUT...] [--key value]`, also `key=value`. */
import module from 'node:module';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { messageOf, RefineNetError, UsageError } from '../errors.ts';
import { keyValueArguments } from './arguments.ts';
import { addCommands } from './commands/index.ts';
import { settleDevice } from './device.ts';
import { EXIT } from './exit.ts';
import { interrupt } from './interruption.ts';
import { packageManifest } from '../platform/node/package.ts';

/**
 * Runs one command and returns the exit code. Results go to stdout; progress and errors to stderr.
 * Errors of the library show their message; `--debug` adds the stack, and defects always show it.
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', endOnClosedPipe);
  process.stderr.on('error', passOverClosedPipe);
  keepCompiledCode();
  const program = createProgram();
  let exitCode: number = EXIT.success;
  try {
    await addCommands(program, argv, (code) => (exitCode = code));
    for (const command of [program, ...program.commands]) command.exitOverride().showHelpAfterError(false);
    await program.parseAsync(keyValueArguments(program, argv), { from: 'user' });
    return hasEnoughRead ? EXIT.success : exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    report(error, argv.includes('--debug'));
    return error instanceof UsageError ? EXIT.usage : EXIT.failure;
  }
}

/** From Node 22.1 on, code that was compiled once is kept for the next call. */
function keepCompiledCode(): void {
  (module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
}

function createProgram(): Command {
  return new Command('refinenet')
    .description('RefineNet semantic segmentation: what is where in an image.')
    .version(packageManifest().version)
    .option('--debug', 'show the stack of errors')
    .hook('preAction', (_, action) => settleDevice(action))
    .addHelpText(
      'after',
      '\nOptions may also be given as key=value, for example: refinenet predict source=photo.jpg model=DIR',
    );
}

function report(error: unknown, debug: boolean): void {
  const expected = error instanceof RefineNetError;
  process.stderr.write(`${pc.red('Error:')} ${messageOf(error)}\n`);
  if ((debug || !expected) && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}

/** Whether what the command prints is read no further. */
let hasEnoughRead = false;

/**
 * A reader that has seen enough, such as `head`, is no failure; what is at work then ends as by Ctrl-C, which also ends the
 * readers of a pipe: what `train | tee` did last is kept.
 */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  passOverClosedPipe(error);
  hasEnoughRead = true;
  if (!interrupt()) process.exit(EXIT.success);
}

/** Nobody reads what is said about the work any more, which goes on. */
function passOverClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
