/** `key=value` arguments, as users of `yolo` type them, turned into options. */
import type { Command } from 'commander';

/** Names that users of other tools type, and ours. */
const ALIASES: Readonly<Record<string, string>> = {
  imgsz: 'resize',
  project: 'output',
};

/** `source=photo.jpg` is the input itself. */
const INPUT_KEY = 'source';

/** The command that arguments call: the first word, as options of the whole program have no values. */
export const calledCommand = (argv: readonly string[]): string | undefined =>
  argv.find((argument) => !argument.startsWith('-'));

/**
 * `model=DIR` becomes `--model DIR` where the verb has such an option, `flip=true` becomes `--flip` for a switch; anything
 * else stays as it is, so that file names with an equals sign keep working.
 */
export function keyValueArguments(program: Command, argv: readonly string[]): string[] {
  const called = calledCommand(argv);
  const verb = program.commands.find((command) => command.name() === called);
  if (!verb) return [...argv];
  return argv.flatMap((argument) => {
    const match = /^([a-z][a-z0-9_-]*)=(.*)$/is.exec(argument);
    if (!match) return [argument];
    const [, typed, value] = match as unknown as [string, string, string];
    if (typed === INPUT_KEY) return [value];
    const key = (ALIASES[typed] ?? typed).replaceAll('_', '-');
    const option = verb.options.find(({ long }) => long === `--${key}` || long === `--no-${key}`);
    if (!option) return [argument];
    if (option.required || option.optional) return [`--${key}`, value];
    const on = /^(true|1|yes)$/i.test(value);
    const negative = (option.long as string).startsWith('--no-');
    return on === negative ? [] : [option.long as string];
  });
}
