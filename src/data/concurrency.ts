/** Doing things ahead, but not without end. */

/** Maps items with at most `limit` at work at once; results come in the items' order. The first failure ends it. */
export async function* mapAhead<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const pending: Promise<R>[] = [];
  const iterator = items[Symbol.iterator]();
  const start = () => {
    const next = iterator.next();
    if (next.done === true) return;
    const result = work(next.value);
    // A failure is reported where its result is awaited, which may be later than it happens.
    result.catch(() => {});
    pending.push(result);
  };
  for (let i = 0; i < limit; i++) start();
  for (let first = pending.shift(); first !== undefined; first = pending.shift()) {
    const result = await first;
    start();
    yield result;
  }
}
