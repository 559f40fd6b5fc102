import { Command } from 'commander';
import { expect, test } from 'vitest';
import { keyValueArguments } from './arguments.ts';

const program = new Command('refinenet').option('--debug');
program.command('predict').option('--model <folder>').option('--flip').option('--no-open');

test.each([
  [
    ['predict', 'source=a.png', 'model=DIR', 'flip=true', 'open=no'],
    ['predict', 'a.png', '--model', 'DIR', '--flip', '--no-open'],
  ],
  [
    ['--debug', 'predict', 'source=a.png', 'model=DIR'],
    ['--debug', 'predict', 'a.png', '--model', 'DIR'],
  ],
  [
    ['predict', 'a=b.png', 'flip=false'],
    ['predict', 'a=b.png'],
  ],
  [
    ['--debug', 'fetch', 'source=a.png'],
    ['--debug', 'fetch', 'source=a.png'],
  ],
])('%j is taken for %j', (argv, taken) => {
  expect(keyValueArguments(program, argv)).toEqual(taken);
});
