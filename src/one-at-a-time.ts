/** Tasks that must not overlap. */

/** Begins a task, at once or later. */
export type Turn = <T>(task: () => Promise<T>) => Promise<T>;

/** Runs tasks one after the other, in the order they come, whether those before succeed or fail. */
export function oneAtATime(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };
}
