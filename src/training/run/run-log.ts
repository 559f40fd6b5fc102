/** What a run writes down as it goes: log.jsonl, TensorBoard's events and plots. */

import { addToGroup } from '../../groups.ts';
import { joinedBytes } from '../../joined-bytes.ts';
import type { RunState } from './checkpoint.ts';
import { type LogRecord, logLine, logUpTo } from './log.ts';
import { runPlots } from './plots.ts';
import type { RunStorage } from './storage.ts';
import {
  type EncodedImage,
  type EventStamp,
  eventFileName,
  eventFileStart,
  imageEvent,
  scalarEvent,
} from './tensorboard.ts';

export const LOG_FILE = 'log.jsonl';

/** The run's records, and where they go. Lines that cannot be written wait for the next time. */
export class RunLog {
  readonly #storage: RunStorage;
  readonly #events: string;
  readonly #records: LogRecord[];
  /** Bytes not yet in their file; the log comes first. */
  readonly #waiting = new Map<string, Uint8Array[]>([[LOG_FILE, []]]);

  private constructor(storage: RunStorage, records: readonly LogRecord[], events: string) {
    this.#storage = storage;
    this.#records = [...records];
    this.#events = events;
  }

  /** Goes on with the log of a run that stands at `state`; what was logged after it is taken out. */
  static async open(storage: RunStorage, state: Pick<RunState, 'updates' | 'position'>): Promise<RunLog> {
    const bytes = (await storage.read(LOG_FILE)) ?? new Uint8Array();
    const kept = logUpTo(bytes, { update: state.updates, isEpochClosed: state.position === 0 });
    if (kept.bytes.length !== bytes.length) await storage.write(LOG_FILE, kept.bytes);
    const now = Date.now();
    const log = new RunLog(storage, kept.records, eventFileName(now));
    log.#add(log.#events, eventFileStart({ step: state.updates + 1, wallTime: now / 1000 }));
    return log;
  }

  /** Seconds that the run had taken at its last record. */
  get seconds(): number {
    return this.#records.at(-1)?.seconds ?? 0;
  }

  /** Adds a record. Never throws: `flush` says what could not be written. */
  async add(record: LogRecord): Promise<void> {
    this.#records.push(record);
    this.#add(LOG_FILE, logLine(record));
    this.#add(this.#events, scalarEvent(this.#stamp(record), scalarsOf(record)));
    await this.flush().catch(() => undefined);
  }

  /** Adds images to TensorBoard's events. */
  addImages(record: Pick<LogRecord, 'update'>, images: Readonly<Record<string, EncodedImage>>): void {
    this.#add(this.#events, imageEvent(this.#stamp(record), images));
  }

  /** @throws RefineNetError if something cannot be written; it is kept for the next time. */
  async flush(): Promise<void> {
    for (const [path, chunks] of this.#waiting) {
      if (chunks.length === 0) continue;
      await this.#storage.append(path, joinedBytes(chunks));
      chunks.length = 0;
    }
  }

  /** The plots of all records so far, SVG by file name. */
  plots(): ReadonlyMap<string, Uint8Array> {
    return new Map([...runPlots(this.#records)].map(([name, svg]) => [name, new TextEncoder().encode(svg)]));
  }

  #stamp({ update }: Pick<LogRecord, 'update'>): EventStamp {
    return { step: update, wallTime: Date.now() / 1000 };
  }

  #add(path: string, bytes: Uint8Array): void {
    addToGroup(this.#waiting, path, bytes);
  }
}

/** A record's numbers by TensorBoard's tags. */
function scalarsOf(record: LogRecord): Record<string, number> {
  switch (record.type) {
    case 'step':
      return {
        'train/loss': record.loss,
        'train/accuracy': record.accuracy,
        'train/gradient_norm': record.gradientNorm,
        'train/images_per_second': record.imagesPerSecond,
        ...Object.fromEntries(Object.entries(record.rates).map(([group, rate]) => [`rate/${group}`, rate])),
      };
    case 'epoch':
      return { 'epoch/loss': record.loss, 'epoch/accuracy': record.accuracy };
    case 'validation': {
      const known = Object.entries(record.iou).filter(([, iou]) => iou !== null) as [string, number][];
      return {
        'validation/mean_iou': record.meanIoU,
        'validation/pixel_accuracy': record.pixelAccuracy,
        ...Object.fromEntries(known.map(([name, iou]) => [`validation_iou/${name}`, iou])),
      };
    }
  }
}
