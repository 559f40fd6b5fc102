/** What goes between a page and the worker that trains for it. */
import type { LabelClass } from '../../../labels/label-class.ts';
import type { NetworkDefinition } from '../../../models/families.ts';
import type { TrainingOverrides } from '../../../training/overrides.ts';
import type { PresetName } from '../../../training/presets.ts';
import type { EpochRecord, ValidationRecord } from '../../../training/run/log.ts';
import type { StepReport } from '../../../training/run/parts.ts';
import type { PredictedSample } from '../../../training/run/validate.ts';
import type { ChosenDevice } from '../chosen-device.ts';
import type { EngineSettings } from '../engine.ts';
import type { DownloadProgress } from '../fetch-file.ts';
import type { ModelDevice } from '../model-device.ts';
import type { PlainModelSource } from '../model-source.ts';
import type { Failure } from '../worker/messages.ts';
import type { SentImage } from './labeled-images.ts';
import type { OtherColors } from './read-mask.ts';

/** A run that begins; plain data. */
export interface NewRun {
  readonly kind: 'new';
  /** Its name; the first free one of `training`, `training2`, ... when left out. */
  readonly name: string | undefined;
  readonly images: readonly SentImage[];
  readonly classes: readonly LabelClass[];
  readonly otherColors: OtherColors;
  /** The share of the images that is held out to validate on; undefined for a fifth, if that is one at least. */
  readonly share: number | undefined;
  /** What weights to start from. */
  readonly start: PlainModelSource | undefined;
  readonly network: { readonly architecture?: string; readonly definition?: NetworkDefinition };
  readonly preset: PresetName | undefined;
  readonly learningRate: number | undefined;
  readonly overrides: TrainingOverrides;
}

/** A run that goes on. */
export interface ResumedRun {
  readonly kind: 'resumed';
  readonly name: string;
}

/** What is to compute, and how many threads if it is WASM. */
export type RequestedDevice = ChosenDevice & { readonly threads: number };

export interface TrainingRequest {
  readonly run: NewRun | ResumedRun;
  readonly engine: EngineSettings;
  readonly device: RequestedDevice;
  /** Whether files are kept for the next time, and where the network fails. */
  readonly cache: boolean;
  /** How many images are shown at each validation. */
  readonly samples: number;
}

export type ToTrainingWorker =
  | { readonly call: 'train'; readonly request: TrainingRequest }
  | { readonly call: 'stop' };

/** What is told on the way. */
export type TrainingEvent =
  | { readonly event: 'download'; readonly progress: DownloadProgress }
  | { readonly event: 'image-kept' }
  | { readonly event: 'check'; readonly done: number; readonly total: number }
  | {
      readonly event: 'start';
      readonly name: string;
      readonly device: ModelDevice;
      readonly classes: readonly LabelClass[];
    }
  | { readonly event: 'step'; readonly report: StepReport }
  | { readonly event: 'epoch'; readonly record: EpochRecord }
  | { readonly event: 'validation-image' }
  | {
      readonly event: 'validation';
      readonly record: ValidationRecord;
      readonly isBest: boolean;
      readonly samples: readonly PredictedSample[];
    }
  | { readonly event: 'checkpoint'; readonly folder: string; readonly update: number }
  | { readonly event: 'warning'; readonly message: string };

export type FromTrainingWorker =
  | TrainingEvent
  | { readonly event: 'ready' }
  | { readonly event: 'end'; readonly name: string }
  | { readonly event: 'failure'; readonly failure: Failure };
