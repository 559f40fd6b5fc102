/** Doing things ahead, but not without end. */

/** Maps items with at most `limit` at work at once; results come in the items' order. The first failure ends it. */
export function mapAhead<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  return mapWhileRoom(items, (atWork) => atWork < limit, work);
}

/**
 * Maps items with as many at work at once as there is room for; results come in the items' order. The first failure ends it.
 * @param hasRoom is asked before an item is begun, with how many are at work or wait for their turn. Where it says no to none,
 * the work is at its end.
 * @param work gets a function to call when there may be room again before a result was taken.
 */
export async function* mapWhileRoom<T, R>(
  items: Iterable<T>,
  hasRoom: (atWork: number) => boolean,
  work: (item: T, onRoom: () => void) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const pending: Promise<R>[] = [];
  const iterator = items[Symbol.iterator]();
  let isEnded = false;
  const start = (): void => {
    while (!isEnded && hasRoom(pending.length)) {
      const next = iterator.next();
      if (next.done === true) return;
      const result = work(next.value, start);
      // A failure is reported where its result is awaited, which may be later than it happens.
      result.catch(() => {});
      pending.push(result);
    }
  };
  try {
    start();
    for (let first = pending[0]; first !== undefined; first = pending[0]) {
      const result = await first;
      pending.shift();
      start();
      yield result;
    }
  } finally {
    isEnded = true;
  }
}
