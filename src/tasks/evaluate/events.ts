/** What an evaluation tells while it goes on. */
import type { FailureEvent, ModelEvent, NoteEvent, ProgressEvent, WarningEvent } from '../events.ts';

/** Progress counts `images`. */
export type EvaluateEvent =
  | WarningEvent
  | NoteEvent
  | ModelEvent
  | ProgressEvent
  | FailureEvent
  | {
      /** Saved predictions are scored. */
      readonly type: 'source';
      /** Which ones, in words. */
      readonly words: string;
    };
