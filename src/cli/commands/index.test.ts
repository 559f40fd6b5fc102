import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { OPTIMIZATIONS } from '../../graph/rewrite/optimize/inference.ts';
import { OUTPUT_FORMATS } from '../../inference/outputs/index.ts';
import { PROTOCOL_NAMES } from '../../inference/protocols.ts';
import {
  OPTIMIZATION_NAMES,
  OUTPUT_FORMAT_NAMES as FORMAT_NAMES,
  PROTOCOL_NAMES as PROTOCOLS,
} from '../../tasks/names.ts';
import { addCommands, COMMANDS } from './index.ts';

const noExit = () => {};

describe('the table of commands', () => {
  test.each(COMMANDS)('says of $name what its own help says', async (entry) => {
    const [alone, listed] = [new Command('refinenet'), new Command('refinenet')];
    (await entry.load())(alone, noExit);
    await addCommands(listed, [], noExit);
    const help = new Command().createHelp();
    const [command] = alone.commands as [Command];
    const shown = listed.commands.find((each) => each.name() === entry.name) as Command;
    expect(alone.commands).toHaveLength(1);
    expect(help.subcommandTerm(shown)).toBe(help.subcommandTerm(command));
    expect(help.subcommandDescription(shown)).toBe(help.subcommandDescription(command));
  });

  test.each(COMMANDS)('has options of $name whose defaults can be typed', async ({ load }) => {
    const program = new Command('refinenet');
    (await load())(program, noExit);
    const [command] = program.commands as [Command];
    const help = new Command().createHelp();
    const described = [command, ...command.commands].flatMap((each) =>
      each.options.map((option) => help.optionDescription(option)),
    );
    expect(described.filter((text) => /\(default: [^)]*[{[]/.test(text))).toEqual([]);
  });

  test('has each name once', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each([
    [['predict', 'train'], ['predict']],
    [['--debug', 'info', 'x'], ['info']],
    [['help', 'export'], ['export']],
    [['--help'], []],
    [['nonsense'], []],
  ])('of %j loads %j', async (argv, loaded) => {
    const program = new Command('refinenet');
    await addCommands(program, argv, noExit);
    expect(program.commands.map((command) => command.name())).toEqual(COMMANDS.map(({ name }) => name));
    // The others have no option of their own.
    const real = program.commands.filter((command) => command.options.some(({ long }) => long !== '--any'));
    expect(real.map((command) => command.name())).toEqual(loaded);
  });
});

test('the options of predict name all that there is', () => {
  expect(FORMAT_NAMES).toEqual(OUTPUT_FORMATS.map(({ name }) => name));
  expect(OPTIMIZATION_NAMES).toEqual(OPTIMIZATIONS);
  expect(PROTOCOLS).toEqual(PROTOCOL_NAMES);
});
