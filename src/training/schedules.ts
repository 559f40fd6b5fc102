/** Learning rate schedules: pure functions from the number of an update to a factor of the base rate. */
import { UsageError } from '../errors.ts';

/** Every schedule may begin with a warm-up: so many updates over which its rate is multiplied by a share rising to 1. */
interface WarmedUp {
  /** Updates; 0 for none. */
  readonly warmup: number;
}

/** How the learning rate changes during a run, as a factor of the base rate at each update. */
export type ScheduleDefinition = WarmedUp &
  (
    | { readonly name: 'constant' }
    /** (1 - update / updates) ^ power. */
    | { readonly name: 'poly'; readonly power: number }
    /** The factor of the base rate from each milestone on, an epoch counted from 0. */
    | { readonly name: 'multi-step'; readonly milestones: readonly number[]; readonly factors: readonly number[] }
    /** Half a cosine from 1 down to `final`. */
    | { readonly name: 'cosine'; readonly final: number }
    /** Half a cosine from `initial` up to 1 over the `rise` share of all updates, then half a cosine down to `final`. */
    | { readonly name: 'one-cycle'; readonly rise: number; readonly initial: number; readonly final: number }
  );

export type ScheduleName = ScheduleDefinition['name'];

/** How long a run is. */
export interface RunLength {
  readonly updates: number;
  readonly updatesPerEpoch: number;
}

type Schedule<Name extends ScheduleName> = (
  definition: Extract<ScheduleDefinition, { name: Name }>,
  update: number,
  length: RunLength,
) => number;

const SCHEDULES: { readonly [Name in ScheduleName]: Schedule<Name> } = {
  constant: () => 1,
  poly: ({ power }, update, { updates }) => (1 - update / updates) ** power,
  'multi-step'({ milestones, factors }, update, { updatesPerEpoch }) {
    const passed = milestones.filter((epoch) => epoch * updatesPerEpoch <= update).length;
    return passed === 0 ? 1 : (factors[passed - 1] as number);
  },
  cosine: ({ final }, update, { updates }) => halfCosine(1, final, update / updates),
  // As PyTorch's OneCycleLR, whose last update has the final rate. With no update before the top there is nothing to rise over.
  'one-cycle'({ rise, initial, final }, update, { updates }) {
    const top = rise * updates - 1;
    return top > 0 && update <= top
      ? halfCosine(initial, 1, update / top)
      : halfCosine(1, final, (update - top) / (updates - 1 - top));
  },
};

export const SCHEDULE_NAMES = Object.keys(SCHEDULES) as readonly ScheduleName[];

/** The updates of a schedule's warm-up. */
export const warmupOf = ({ warmup }: ScheduleDefinition): number => warmup;

/**
 * The factor of the base rate at an update.
 * @param update counted from 0; beyond the run's length the last factor stays.
 * @throws UsageError if a number of the schedule is outside its range; all of them in one message.
 */
export function rateFactor(definition: ScheduleDefinition, update: number, length: RunLength): number {
  checkSchedule(definition);
  const schedule = SCHEDULES[definition.name] as Schedule<ScheduleName>;
  const { warmup } = definition;
  const warmth = update < warmup ? (update + 1) / warmup : 1;
  return warmth * schedule(definition, Math.min(update, length.updates), length);
}

/**
 * Checks a schedule's numbers.
 * @throws UsageError if one is outside its range; all of them in one message.
 */
export function checkSchedule(definition: ScheduleDefinition): void {
  if (!Object.hasOwn(SCHEDULES, definition.name)) {
    throw new UsageError(`There is no schedule "${definition.name}". The schedules are ${SCHEDULE_NAMES.join(', ')}.`);
  }
  const problems: string[] = [];
  const check = (fits: boolean, problem: string): void => {
    if (!fits) problems.push(problem);
  };
  const { warmup } = definition;
  check(Number.isInteger(warmup) && warmup >= 0, `warmup is a whole number of updates, got ${warmup}`);
  if (definition.name === 'poly') check(definition.power > 0, `power is positive, got ${definition.power}`);
  if (definition.name === 'multi-step') {
    const { milestones, factors } = definition;
    check(isRising(milestones), `milestones are rising epochs, got ${milestones.join(', ')}`);
    check(
      factors.length === milestones.length,
      `there is one factor for each of ${milestones.length} milestones, got ${factors.length}`,
    );
    check(
      factors.every((factor) => factor > 0),
      `factors are positive, got ${factors.join(', ')}`,
    );
  }
  if (definition.name === 'cosine') check(isShare(definition.final), `final is from 0 to 1, got ${definition.final}`);
  if (definition.name === 'one-cycle') {
    const { rise, initial, final } = definition;
    check(rise > 0 && rise < 1, `rise is between 0 and 1, got ${rise}`);
    check(isShare(initial), `initial is from 0 to 1, got ${initial}`);
    check(isShare(final), `final is from 0 to 1, got ${final}`);
  }
  if (problems.length > 0) {
    throw new UsageError(`The schedule ${definition.name} does not fit: ${problems.join('; ')}.`);
  }
}

/** Goes from `start` at progress 0 to `end` at progress 1, level at both. */
function halfCosine(start: number, end: number, progress: number): number {
  const inside = Math.min(Math.max(progress, 0), 1);
  return end + ((start - end) * (1 + Math.cos(Math.PI * inside))) / 2;
}

const isShare = (value: number): boolean => value >= 0 && value <= 1;

const isRising = (values: readonly number[]): boolean =>
  values.every((value, index) => value >= 0 && (index === 0 || value > (values[index - 1] as number)));
