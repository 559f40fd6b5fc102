/** Notices a loss that runs away, so that no good checkpoint is written over by a ruined network. */

/** What is remembered of the losses so far; goes into a checkpoint. */
export interface LossWatch {
  /** Exponentially weighted sum of losses, and of the weights: their quotient is the running mean. */
  readonly sum: number;
  readonly weight: number;
  /** The lowest running mean since the warm-up; null before. */
  readonly best: number | null;
}

export const NEW_WATCH: LossWatch = { sum: 0, weight: 0, best: null };

/** About the last 20 updates count. */
const DECAY = 0.95;
/** A running mean this many times the best one is not noise any more. */
export const RUNAWAY_FACTOR = 10;
/** Losses below this are all taken for it: a mean of 0.02 after 0.001 is nothing to stop for. */
const LOWEST_COMPARED = 0.1;
/** Running means count as best only after so many updates, and after the schedule's warm-up. */
const SETTLING_UPDATES = 50;

/** The watch after one more loss. */
export function watched({ sum, weight, best }: LossWatch, loss: number, updates: number, warmup: number): LossWatch {
  const next = { sum: DECAY * sum + (1 - DECAY) * loss, weight: DECAY * weight + (1 - DECAY) };
  const mean = next.sum / next.weight;
  const settled = updates >= Math.max(SETTLING_UPDATES, warmup);
  return { ...next, best: settled ? Math.min(best ?? mean, mean) : best };
}

/** The mean of about the last 20 losses. */
export function runningMean({ sum, weight }: LossWatch): number {
  return sum / weight;
}

/** Whether the running mean is not a number, or ten times its best and more. */
export function isRunaway(watch: LossWatch): boolean {
  const mean = runningMean(watch);
  if (!Number.isFinite(mean)) return true;
  return watch.best !== null && mean > RUNAWAY_FACTOR * Math.max(watch.best, LOWEST_COMPARED);
}

/** Climbing this far above the best running mean may be the beginning of the end. */
const SUSPICIOUS_FACTOR = 3;

/** Whether the running mean is so far above its best that a checkpoint had better not be replaced. */
export function isSuspicious(watch: LossWatch): boolean {
  return watch.best !== null && runningMean(watch) > SUSPICIOUS_FACTOR * Math.max(watch.best, LOWEST_COMPARED);
}
