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

const SHARE = fc.double({ min: 0, max: 1, noNaN: true });

/** Any schedule, without a warm-up, and the least factor that it may have; none has more than 1. */
const ANY: fc.Arbitrary<{ readonly plain: ScheduleDefinition; readonly least: number }> = fc.oneof(
  fc.constant({ plain: { name: 'constant', warmup: 0 } as const, least: 1 }),
  fc.double({ min: 0.1, max: 3, noNaN: true }).map((power) => ({
    plain: { name: 'poly', power, warmup: 0 } as const,
    least: 0,
  })),
  fc.uniqueArray(fc.nat(50), { maxLength: 4 }).map((epochs) => ({
    plain: {
      name: 'multi-step',
      milestones: epochs.toSorted((a, b) => a - b),
      factors: epochs.map((_, at) => 0.5 ** (at + 1)),
      warmup: 0,
    } as const,
    least: 0.5 ** epochs.length,
  })),
  SHARE.map((final) => ({ plain: { name: 'cosine', final, warmup: 0 } as const, least: final })),
  // One part of a few is often one update exactly.
  fc
    .record({
      rise: fc.oneof(
        fc.integer({ min: 2, max: 50 }).map((parts) => 1 / parts),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      ),
      initial: SHARE,
      final: SHARE,
    })
    .map((rest) => ({
      plain: { name: 'one-cycle', ...rest, warmup: 0 } as const,
      least: Math.min(rest.initial, rest.final),
    })),
);

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

  test('stays finite and between its least and greatest rate in short runs, however much of them rises or warms up', () => {
    const upTo50 = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(ANY, upTo50, upTo50, fc.nat(50), ({ plain, least }, total, updatesPerEpoch, warmup) => {
        const outside = factors({ ...plain, warmup }, { updates: total, updatesPerEpoch }).filter((factor, update) => {
          const warmth = Math.min((update + 1) / Math.max(warmup, 1), 1);
          return !(factor >= warmth * least - 1e-12 && factor <= warmth + 1e-12);
        });
        expect(outside).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [0.1, 10],
    [0.25, 4],
    [0.5, 2],
  ])('one-cycle that rises over %f of %i updates, which is one, begins at the top', (rise, total) => {
    const cycle = { name: 'one-cycle', rise, initial: 0.04, final: 0.01, warmup: 0 } as const;
    const all = factors(cycle, { updates: total, updatesPerEpoch: 1 });
    expect(all[0]).toBe(1);
    expect(all.at(-1)).toBeCloseTo(0.01, 12);
    expect(all).toEqual(all.toSorted((a, b) => b - a));
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
