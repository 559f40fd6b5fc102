/** What a benchmark tells while it goes on. */
import type { MachineCosts } from '../../runtime/machine-costs.ts';
import type { FailureEvent, NoteEvent, ProgressEvent, WarningEvent } from '../events.ts';

/** An engine's costs on this machine were measured. */
export interface CostsEvent {
  readonly type: 'costs';
  readonly engine: string;
  readonly costs: MachineCosts;
  /** Where they are kept. */
  readonly place: string;
}

/** Progress counts `measurements` of costs; notes say what is measured next. */
export type BenchmarkEvent = WarningEvent | NoteEvent | ProgressEvent | CostsEvent | FailureEvent;
