/** The log of a run: one JSON object a line. */
import type { ParameterGroup } from '../step/types.ts';

/** Fields that depend on the machine, not on what was computed: all others are the same in every repetition of a run. */
export const TIME_FIELDS = ['seconds', 'imagesPerSecond'] as const;

interface Common {
  /** Updates done. */
  readonly update: number;
  /** The epoch, counted from 1. */
  readonly epoch: number;
  /** Since the run's beginning, without the time between an interruption and its resumption. */
  readonly seconds: number;
}

/** A line of the log after an update. */
export interface StepRecord extends Common {
  readonly type: 'step';
  readonly loss: number;
  /** The global norm before clipping. */
  readonly gradientNorm: number;
  /** The share of scored pixels whose class was predicted. */
  readonly accuracy: number;
  readonly rates: Readonly<Record<ParameterGroup, number>>;
  readonly imagesPerSecond: number;
}

/** A line of the log after all updates of an epoch. */
export interface EpochRecord extends Common {
  readonly type: 'epoch';
  /** The mean over the epoch's updates. */
  readonly loss: number;
  readonly accuracy: number;
}

/** A line of the log after a validation; shares are in [0, 1]. */
export interface ValidationRecord extends Common {
  readonly type: 'validation';
  readonly meanIoU: number;
  readonly pixelAccuracy: number;
  /** Intersection over union by class; it is null where a class is neither in the labels nor in the predictions. */
  readonly iou: Readonly<Record<string, number | null>>;
  readonly images: number;
}

/** A line of a run's log.jsonl. */
export type LogRecord = StepRecord | EpochRecord | ValidationRecord;

/** A record as its line, with the line's end. */
export function logLine(record: LogRecord): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record)}\n`);
}

/**
 * The lines up to a place in the run, as bytes and as records. Of an epoch that is not closed, the records of its end are
 * left out: they will be written again. Lines that were cut short by a crash are passed over.
 */
export function logUpTo(
  bytes: Uint8Array,
  { update, isEpochClosed }: { readonly update: number; readonly isEpochClosed: boolean },
): { readonly bytes: Uint8Array; readonly records: readonly LogRecord[] } {
  const kept: string[] = [];
  const records: LogRecord[] = [];
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    const record = parse(line);
    if (!record || record.update > update) continue;
    if (record.update === update && record.type !== 'step' && !isEpochClosed) continue;
    kept.push(`${line}\n`);
    records.push(record);
  }
  return { bytes: new TextEncoder().encode(kept.join('')), records };
}

function parse(line: string): LogRecord | undefined {
  try {
    const record = JSON.parse(line) as LogRecord | null;
    return typeof record?.update === 'number' ? record : undefined;
  } catch {
    return undefined;
  }
}
