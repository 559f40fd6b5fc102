import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inShard } from './shard.ts';

const named = (names: readonly string[]) => names.map((name) => ({ name }));

test('shards hold every item once, are of nearly one size, and do not depend on the order of the items', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 });
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 12 }), (given, count) => {
      const shards = Array.from({ length: count }, (_, at) => inShard(named(given), { index: at + 1, count }));
      expect(
        shards
          .flat()
          .map(({ name }) => name)
          .sort(),
      ).toEqual([...given].sort());
      const sizes = shards.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(inShard(named([...given].reverse()), { index: 1, count })).toEqual(shards[0]);
    }),
  );
});

test('without a shard all stay as they came', () => {
  expect(inShard(named(['b', 'a']), undefined)).toEqual(named(['b', 'a']));
});
