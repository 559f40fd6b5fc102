/** What a run is made of, and what is told of it. */
import { UsageError } from '../../errors.ts';
import { count } from '../../text.ts';
import type { ModelDescription } from '../../models/model.ts';
import type { ModelCardDetails } from '../../models/folder/card.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { TrainingConfiguration } from '../configuration.ts';
import type { RunLength } from '../schedules.ts';
import type { FeatureBatch, RunnableStep } from '../step/types.ts';
import type { EpochRecord, StepRecord, ValidationRecord } from './log.ts';
import type { RunState } from './checkpoint.ts';
import type { RunLog } from './run-log.ts';
import type { RunStorage } from './storage.ts';
import type { StopSignal, Validate } from './validate.ts';

/** Batches without end from a place on, the same for the same seed and place. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  batches(place: BatchPlace): AsyncIterator<SourceBatch>;
  /** Frees what it holds beside memory; nothing is to be freed where it is left out. */
  dispose?(): Promise<void>;
}

/** The batch of a run with which a source begins; all randomness follows from it. */
export interface BatchPlace {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Batches of the epoch that are done. */
  readonly position: number;
}

/** Images as a loader calls them, or their features. */
export type SourceBatch =
  | { readonly images: Tensor<'float32'>; readonly labels: Tensor<'uint8'> }
  | Pick<FeatureBatch, 'features' | 'labels'>;

/** What a step's caller is told, to show how far a run has come. */
export interface StepReport extends StepRecord {
  /** Updates and epochs of the whole run. */
  readonly updates: number;
  readonly epochs: number;
  /** An estimate from the last updates, without validations. */
  readonly secondsLeft: number;
}

/** Who is told what while a run goes on. */
export interface TrainingCallbacks {
  onStep?(report: StepReport): void;
  onEpoch?(record: EpochRecord): void;
  /** While an epoch's validation goes on. */
  onValidationImage?(done: number, total: number): void;
  onValidation?(record: ValidationRecord, isBest: boolean): void;
  onCheckpoint?(checkpoint: { readonly folder: string; readonly update: number }): void;
  /** Something that does not end the run. */
  onWarning?(message: string): void;
}

export interface RunParts {
  readonly configuration: TrainingConfiguration;
  readonly model: ModelDescription;
  readonly card: Pick<ModelCardDetails, 'title' | 'architecture'>;
  readonly step: RunnableStep;
  readonly source: BatchSource;
  /** Undefined where there is nothing to validate on. */
  readonly validate: Validate | undefined;
  readonly storage: RunStorage;
  readonly log: RunLog;
  readonly length: RunLength;
  readonly callbacks: TrainingCallbacks;
  readonly signal: StopSignal | undefined;
}

/** A run that is going on. */
export interface Run extends RunParts {
  /** The update of the last checkpoint, and whether it stands because the loss is too high for another one. */
  readonly last: { update: number; stands: boolean };
  /** Since the run's beginning, without the time between an interruption and its resumption; to the millisecond. */
  seconds(): number;
}

export function startRun(parts: RunParts, { updates }: Pick<RunState, 'updates'>): Run {
  const startedAt = performance.now() - 1000 * parts.log.seconds;
  return {
    ...parts,
    last: { update: updates, stands: false },
    seconds: () => Math.round(performance.now() - startedAt) / 1000,
  };
}

/**
 * How long a run is; an epoch's last batches that fill no update are left out.
 * @param batchesPerEpoch those of each machine.
 * @throws UsageError if an epoch has no update.
 */
export function runLength(
  { epochs, step: { accumulate } }: TrainingConfiguration,
  batchesPerEpoch: number,
  { run, machines }: { readonly run: string; readonly machines: number },
): RunLength {
  const updatesPerEpoch = Math.floor(batchesPerEpoch / accumulate);
  if (updatesPerEpoch === 0) {
    const batches = count(batchesPerEpoch, 'batch', 'batches');
    const [each, ofEach, fewer] =
      machines === 1 ? ['', '', ''] : [` for each of ${machines} machines`, ' of each', ', or train on fewer machines'];
    throw new UsageError(
      `${run}: an epoch has ${batches}${each}, but an update takes ${accumulate}${ofEach} (accumulate). Lower accumulate or the batch size${fewer}.`,
    );
  }
  return { updates: epochs * updatesPerEpoch, updatesPerEpoch };
}

/** 0 where there is nothing. */
export const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
