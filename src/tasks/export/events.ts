/** What an export tells while it goes on. */
import type { FailureEvent, ProgressEvent, WarningEvent } from '../events.ts';

/** Progress counts `images calibrated on`, then `images in float32` and `images in` the precision where these are compared. */
export type ExportEvent = WarningEvent | ProgressEvent | FailureEvent;
