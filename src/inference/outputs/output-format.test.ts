/** What is said of options that plain JavaScript callers get wrong. */
import { expect, test } from 'vitest';
import { UsageError } from '../../errors.ts';
import { checkOutputContext, type OutputContext } from './output-format.ts';

const CONTEXT: OutputContext = {
  image: 'photo.jpg',
  classes: [
    { name: 'background', color: [0, 0, 0] },
    { name: 'cell', color: [255, 0, 0] },
  ],
};

const refusal = (options: Readonly<Record<string, unknown>>) => () => checkOutputContext({ ...CONTEXT, ...options });

test.each([
  [{ only: 0 }, 'only is 0; give a list of ids, of the classes 0 ... 1'],
  [{ only: 'cell' }, 'only is "cell"; give a list of ids, of the classes 0 ... 1'],
  [{ only: null }, 'only is null; give a list of ids, of the classes 0 ... 1'],
  [{ only: ['1', 2] }, 'only has "1", 2; the classes are 0 ... 1'],
  [{ minimumPixels: '2' }, 'minimumPixels is "2"; give a whole number from 1 on'],
])('%j is refused, with what was given', (options, problem) => {
  expect(refusal(options)).toThrow(new UsageError(`Outputs: ${problem}.`));
});

test.each([
  [{ transform: 'a' }, 'transform is "a"; give six finite numbers'],
  [{ transform: ['0', 1, 0, 0, 0, 1] }, 'transform is "0", 1, 0, 0, 0, 1; give six finite numbers'],
])('%j is no transform', (options, problem) => {
  expect(refusal(options)).toThrow(problem);
});

test('what is given rightly, or left out, is taken', () => {
  expect(refusal({})).not.toThrow();
  expect(refusal({ only: [1, 1, 0], minimumPixels: 2, transform: [500, 10, 0, 900, 0, -10] })).not.toThrow();
});
