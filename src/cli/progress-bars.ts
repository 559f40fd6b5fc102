/** Bars of a task's progress, as its events tell it. */
import type { ProgressEvent } from '../tasks/events.ts';
import { type Progress, progress } from './output.ts';

export interface ProgressBars {
  /** Brings the bar of the event's unit to where it is; the bar of another unit ends. */
  show(event: Omit<ProgressEvent, 'type'>): void;
  /** Writes a line without breaking the bar. */
  interrupt(write: () => void): void;
  stop(): void;
}

export function progressBars(): ProgressBars {
  let bar: (Progress & { readonly unit: string }) | undefined;
  let shown = 0;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    show({ unit, done, total, name }) {
      if (bar?.unit !== unit || done < shown) {
        stop();
        bar = { unit, ...progress(total, unit) };
        shown = 0;
      }
      for (; shown < done; shown++) bar.step(name);
    },
    interrupt: (write) => (bar ? bar.interrupt(write) : write()),
    stop,
  };
}
