/** What must not outlive this process: files that are half written, processes that it began. */

const endings = new Set<() => void>();

/**
 * Has something done when the process ends; what was said last is done first.
 * @returns what takes it back, once there is nothing left to end.
 */
export function atEnding(end: () => void): () => void {
  if (endings.size === 0) process.once('exit', runEndings);
  endings.add(end);
  return () => {
    endings.delete(end);
    if (endings.size === 0) process.off('exit', runEndings);
  };
}

/** Does it now; for a process that is about to be killed, of which it hears no exit. */
export function runEndings(): void {
  for (const end of [...endings].reverse()) end();
}
