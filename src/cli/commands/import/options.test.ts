import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addImportOptions, type ImportOptions, importRequest } from './options.ts';

function requestOf(...typed: string[]) {
  const command = addImportOptions(new Command('import').exitOverride());
  command.parse(['--output', 'model', ...typed], { from: 'user' });
  return importRequest('weights.pth', command.opts<ImportOptions>());
}

test.each(['--reinitialize', '--reinitialise'])('%s says which part is drawn afresh', (option) => {
  expect(requestOf(option, 'decoder')).toMatchObject({ reinitialize: 'decoder' });
  expect(requestOf(option, 'decoder')).not.toHaveProperty('reinitialise');
});

test('the help shows the one spelling', () => {
  const help = addImportOptions(new Command('import')).helpInformation();
  expect(help).toContain('--reinitialize');
  expect(help).not.toContain('--reinitialise');
});
