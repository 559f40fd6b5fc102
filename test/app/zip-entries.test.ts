/** How many entries the app reads of a ZIP. */
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { entryCounter } from '../../app/src/state/zip-entries.ts';
import { manyEntries } from '../support/many-entries.ts';

const namesIn = (zip: Uint8Array): number => {
  const hasRoom = entryCounter(zip.length);
  let names = 0;
  const filter = (): boolean => {
    if (!hasRoom()) throw new Error('no room');
    names++;
    return false;
  };
  unzipSync(zip, { filter });
  return names;
};

test('all that there are', () => {
  expect(namesIn(manyEntries(70_000))).toBe(70_000);
});

test('no more than have room, whatever it says', () => {
  expect(() => namesIn(manyEntries(10, 2 ** 32 - 1))).toThrow('no room');
});
