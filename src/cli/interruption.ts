/** Ctrl-C: the first one asks for an end, the second one ends at once. */
import { runEndings } from '../platform/node/endings.ts';
import { note } from './output.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What asks each interruption that is listened for to end. */
const listening = new Set<() => void>();

/**
 * Asks for an end as Ctrl-C does, but is no second one where that was pressed.
 * @returns whether anything listens: what doesn't has nothing to keep.
 */
export function interrupt(): boolean {
  for (const ask of listening) ask();
  return listening.size > 0;
}

/** An interruption that is listened for from `begin` on only: until then Ctrl-C ends the process, as there is nothing to keep. */
export function interruptible(message: string): Interruption & { begin(): void } {
  const controller = new AbortController();
  let begun: Interruption | undefined;
  return {
    signal: controller.signal,
    begin: () => (begun ??= onInterrupt(message, controller)),
    release: () => begun?.release(),
  };
}

/** @param message is said at the first one. */
export function onInterrupt(message: string, controller = new AbortController()): Interruption {
  const ask = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    note(message);
  };
  const release = () => {
    listening.delete(ask);
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) {
      ask();
      return;
    }
    // As without us: an orderly exit would wait for the engine.
    runEndings();
    release();
    process.kill(process.pid, name);
  };
  listening.add(ask);
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, release };
}
