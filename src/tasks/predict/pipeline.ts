/** Doing the steps of many things at the same time, each thing's in order, and not without end. */
import { mapWhileRoom } from '../../data/concurrency.ts';

/** A result, or why there is none. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

export interface Pipeline<Item, Opened, Made, Done> {
  /** The first step; those of several items run at once. */
  open(item: Item): Promise<Opened>;
  /** The step of which one runs at a time, in the items' order. */
  make(opened: Opened, item: Item): Promise<Made>;
  /** The last step; runs while later items are made. */
  finish(made: Made, item: Item): Promise<Done>;
  /** How much of the budget an item takes from when it is opened until it is finished. */
  weigh(opened: Opened): number;
  /**
   * What all items at work may weigh together. The next is opened if it fits, weighing as much as the one opened last, or if
   * there is no other.
   */
  readonly budget: number;
  /** The most items at work together. */
  readonly width: number;
  /** Once aborted, no item is opened or made; those made already are finished. */
  readonly signal: { readonly aborted: boolean };
}

/**
 * Takes items through three steps; outcomes come in the items' order. A failure of one does not touch the others.
 * Ends early, after the last item that was made, when the signal is aborted.
 */
export async function* pipeline<Item, Opened, Made, Done>(
  items: Iterable<Item>,
  { open, make, finish, weigh, budget, width, signal }: Pipeline<Item, Opened, Made, Done>,
): AsyncGenerator<{ readonly item: Item; readonly outcome: Outcome<Done> }, void, undefined> {
  let engine: Promise<unknown> = Promise.resolve();
  let weight = 0;
  let lastWeight = 0;
  let openings = 0;

  const hasRoom = (atWork: number): boolean => {
    if (signal.aborted) return false;
    if (atWork === 0) return true;
    const isAnyKnown = lastWeight > 0;
    return isAnyKnown && atWork < width && weight + lastWeight * (openings + 1) <= budget;
  };

  const outcomeOf = async (item: Item, onRoom: () => void): Promise<Outcome<Done> | null> => {
    let own = 0;
    const opening = openOne(item, (opened) => (own = opened), onRoom);
    // A failure is told when its turn comes.
    opening.catch(noop);
    const making = after(engine, async () => {
      const opened = await opening;
      return signal.aborted ? null : { made: await make(opened, item) };
    });
    engine = making.then(noop, noop);
    try {
      const result = await making;
      return result && { value: await finish(result.made, item) };
    } catch (error) {
      return { error };
    } finally {
      weight -= own;
    }
  };

  const openOne = async (item: Item, onWeight: (weight: number) => void, onRoom: () => void): Promise<Opened> => {
    openings++;
    try {
      const opened = await open(item);
      lastWeight = weigh(opened);
      weight += lastWeight;
      onWeight(lastWeight);
      return opened;
    } finally {
      openings--;
      // Not before this item itself is at work.
      Promise.resolve().then(onRoom);
    }
  };

  const work = async (item: Item, onRoom: () => void) => ({ item, outcome: await outcomeOf(item, onRoom) });
  for await (const { item, outcome } of mapWhileRoom(items, hasRoom, work)) {
    if (outcome) yield { item, outcome };
  }
}

async function after<T>(before: Promise<unknown>, work: () => Promise<T>): Promise<T> {
  await before;
  return work();
}

const noop = (): void => {};
