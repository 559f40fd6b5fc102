/** Options that several commands have in one form. */
import { type Command, Option } from 'commander';
import { device, DEVICE_NAMES } from './device.ts';
import { numberFor, resizeRule } from './parse.ts';

/** Adds what says where and how a command computes. */
export function addEngineOptions(command: Command): Command {
  return command
    .option('--device <name>', DEVICE_NAMES, device, 'cpu')
    .option(
      '--threads <count>',
      "threads of the engine (default: one a core; wasm's is 1)",
      numberFor('--threads', 'threads'),
    );
}

/**
 * The size of the network's input.
 * @param where at which it is that size, as help says it.
 * @param byDefault what holds where it is not typed and the option has no default of its own.
 */
export function resizeOption(where = 'images enter the network', byDefault?: string): Option {
  const end = byDefault === undefined ? '' : ` (default: ${byDefault})`;
  return new Option(
    '--resize <rule>',
    `size at which ${where}: none, SHORTER_SIDE, longest:SIDE or WIDTHxHEIGHT${end}`,
  ).argParser(resizeRule);
}
