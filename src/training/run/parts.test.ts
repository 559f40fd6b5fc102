import { expect, test } from 'vitest';
import { fakeConfiguration } from '../../../test/support/fakes/training.ts';
import { UsageError } from '../../errors.ts';
import { runLength } from './parts.ts';

test('a run has the updates that its epochs fill', () => {
  expect(runLength(fakeConfiguration, 11, { run: 'runs/a', machines: 1 })).toEqual({ updates: 15, updatesPerEpoch: 5 });
});

test.each([
  [1, 0, 'an epoch has 0 batches, but an update takes 2 (accumulate). Lower accumulate or the batch size.'],
  [1, 1, 'an epoch has 1 batch, but an update takes 2 (accumulate). Lower accumulate or the batch size.'],
  [
    3,
    1,
    'an epoch has 1 batch for each of 3 machines, but an update takes 2 of each (accumulate). Lower accumulate or the batch size, or train on fewer machines.',
  ],
])('an epoch without an update is refused on %i machines: %i batches', (machines, batches, message) => {
  expect(() => runLength(fakeConfiguration, batches, { run: 'runs/a', machines })).toThrow(
    new UsageError(`runs/a: ${message}`),
  );
});
