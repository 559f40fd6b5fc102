/** Ctrl-C: the first one asks for an end, the second one ends at once. */
import { runEndings } from '../platform/node/endings.ts';
import { note } from './output.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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
  const release = () => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) {
      controller.abort();
      note(message);
      return;
    }
    // As without us: an orderly exit would wait for the engine.
    runEndings();
    release();
    process.kill(process.pid, name);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, release };
}
