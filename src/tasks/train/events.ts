/** What a training tells while it goes on. */
import type { StartingModel } from '../../models/starting-model.ts';
import type { TrainingConfiguration } from '../../training/configuration.ts';
import type { EpochRecord, ValidationRecord } from '../../training/run/log.ts';
import type { StepReport, TrainingCallbacks } from '../../training/run/parts.ts';
import type { NoteEvent, ProgressEvent, WarningEvent } from '../events.ts';

/** Progress counts `images checked`, before a new run. */
export type TrainEvent =
  | WarningEvent
  | NoteEvent
  | ProgressEvent
  | {
      /** The model to start from is made. */
      readonly type: 'starting-model';
      readonly architecture: string;
      readonly kept: StartingModel['kept'];
      /** What the weights come from; null for drawn ones. */
      readonly weights: string | null;
    }
  | {
      /** What will be done is settled. */
      readonly type: 'configuration';
      readonly configuration: TrainingConfiguration;
      readonly device: string;
      /** Bytes: an estimate of what it takes, and what there are; null where that is not known. */
      readonly memory: { readonly estimate: number; readonly available: number | null };
    }
  | {
      /** The run begins or goes on; from now on the signal ends it with a checkpoint. */
      readonly type: 'run';
      readonly run: string;
      readonly isResumed: boolean;
      readonly epochs: number;
    }
  | { readonly type: 'step'; readonly report: StepReport }
  | { readonly type: 'epoch'; readonly record: EpochRecord; readonly epochs: number }
  | {
      readonly type: 'validation';
      readonly record: ValidationRecord;
      readonly epochs: number;
      /** Whether it is the best so far. */
      readonly isBest: boolean;
    }
  | { readonly type: 'checkpoint'; readonly folder: string; readonly update: number };

/** The trainer's callbacks that tell these events. */
export function callbacksFor(onEvent: (event: TrainEvent) => void, epochs: number): TrainingCallbacks {
  return {
    onStep: (report) => onEvent({ type: 'step', report }),
    onEpoch: (record) => onEvent({ type: 'epoch', record, epochs }),
    onValidation: (record, isBest) => onEvent({ type: 'validation', record, epochs, isBest }),
    onCheckpoint: ({ folder, update }) => onEvent({ type: 'checkpoint', folder, update }),
    onWarning: (message) => onEvent({ type: 'warning', message }),
  };
}
