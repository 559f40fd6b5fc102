import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RunLength, rateFactor, type ScheduleDefinition, warmupOf } from './schedules.ts';

const fixture = JSON.parse(
  readFileSync(new URL('../../test/fixtures/training/schedules.json', import.meta.url), 'utf8'),
) as RunLength & Record<'multi-step' | 'cosine' | 'one-cycle', readonly number[]>;

const { updates, updatesPerEpoch } = fixture;
const LENGTH: RunLength = { updates, updatesPerEpoch };

const factors = (definition: ScheduleDefinition, length = LENGTH): number[] =>
  Array.from({ length: length.updates }, (_, update) => rateFactor(definition, update, length));

const ALL: readonly ScheduleDefinition[] = [
  { name: 'constant', warmup: 0 },
  { name: 'poly', power: 0.9, warmup: 0 },
  { name: 'multi-step', milestones: [2, 3], factors: [0.5, 0.25], warmup: 0 },
  { name: 'cosine', final: 0.1, warmup: 0 },
  { name: 'one-cycle', rise: 0.3, initial: 1 / 25, final: 1 / 250_000, warmup: 0 },
];

describe('a schedule', () => {
  test.each(ALL.filter(({ name }) => Object.hasOwn(fixture, name)))('$name is that of PyTorch', (definition) => {
    const expected = fixture[definition.name as 'cosine'];
    factors(definition).forEach((factor, update) => {
      expect(factor, `update ${update}`).toBeCloseTo(expected[update] as number, 12);
    });
  });

  test('poly falls as (1 - share of the run) to the power', () => {
    expect(factors({ name: 'poly', power: 0.9, warmup: 0 }, { updates: 4, updatesPerEpoch: 1 })).toEqual(
      [1, 0.75, 0.5, 0.25].map((rest) => rest ** 0.9),
    );
  });

  test('constant stays', () => {
    expect(new Set(factors({ name: 'constant', warmup: 0 }))).toEqual(new Set([1]));
  });

  test('warms up linearly, to exactly its own rate, in front of any', () => {
    for (const definition of ALL) {
      const plain = factors(definition);
      factors({ ...definition, warmup: 5 }).forEach((factor, update) => {
        expect(factor / (plain[update] as number)).toBeCloseTo(Math.min((update + 1) / 5, 1), 12);
      });
    }
    expect(warmupOf({ name: 'constant', warmup: 5 })).toBe(5);
  });

  test('is a share of the base rate at every update of every length', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 100 }), fc.nat(20), (update, total, warmup) => {
        for (const definition of ALL) {
          const factor = rateFactor({ ...definition, warmup }, update, { updates: total, updatesPerEpoch: 1 });
          expect(factor).toBeGreaterThanOrEqual(0);
          expect(factor).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('names all that does not fit at once', () => {
    const check = (definition: ScheduleDefinition) => () => rateFactor(definition, 0, LENGTH);
    expect(check({ name: 'multi-step', milestones: [3, 2], factors: [0], warmup: -1 })).toThrow(
      'The schedule multi-step does not fit: warmup is a whole number of updates, got -1; milestones are rising epochs, got 3, 2; ' +
        'there is one factor for each of 2 milestones, got 1; factors are positive, got 0.',
    );
    expect(check({ name: 'poly', power: 0, warmup: 0 })).toThrow('power is positive, got 0.');
    expect(check({ name: 'one-cycle', rise: 1, initial: 2, final: -1, warmup: 0.5 })).toThrow(
      'warmup is a whole number of updates, got 0.5; rise is between 0 and 1, got 1; initial is from 0 to 1, got 2; final is from 0 to 1, got -1.',
    );
    expect(check({ name: 'step' } as unknown as ScheduleDefinition)).toThrow(
      'There is no schedule "step". The schedules are constant, poly, multi-step, cosine, one-cycle.',
    );
  });
});
