/** Watches what may fall silent without ending. */

/**
 * Parts as they come. Only the time counts in which the next one is waited for, not that in which nobody takes it.
 * @param patience milliseconds after which it is told that nothing came.
 * @param onSilence ends what gives the parts.
 */
export async function* whileHeard<T>(
  parts: AsyncIterable<T>,
  patience: number,
  onSilence: () => void,
): AsyncGenerator<T, void, undefined> {
  let timer: NodeJS.Timeout | undefined;
  const listen = () => {
    timer = setTimeout(onSilence, patience);
  };
  try {
    listen();
    for await (const part of parts) {
      clearTimeout(timer);
      yield part;
      listen();
    }
  } finally {
    clearTimeout(timer);
  }
}
