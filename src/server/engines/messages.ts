/** What passes between the server and the processes that hold its engines. */
import type { Optimization } from '../../graph/rewrite/optimize/inference.ts';
import type { Preprocessing } from '../../image/preprocess.ts';
import type { Precision } from '../../inference/precision.ts';
import type { Device } from '../../runtime/backend.ts';
import type { SegmentQuery } from '../segment-query.ts';

/** A model to be served. */
export interface ServedModel {
  readonly name: string;
  /** Its folder. Leaves the server in no answer. */
  readonly folder: string;
}

/** How an engine is set up; the same for all. */
export interface EngineConfiguration {
  readonly models: readonly ServedModel[];
  readonly device: Device;
  readonly threads?: number | undefined;
  readonly resize?: Preprocessing['resize'] | undefined;
  readonly optimize?: Optimization | undefined;
  readonly precision?: Precision | undefined;
  /** Most pixels of an image, and of what enters the network at once. */
  readonly pixelLimit: number;
}

/** What an engine is asked to do. */
export type EngineJob =
  | {
      readonly kind: 'segment';
      readonly model: string;
      readonly format: string;
      readonly query: SegmentQuery;
      /** The encoded image. */
      readonly body: Uint8Array;
    }
  | {
      readonly kind: 'infer';
      readonly model: string;
      /** Bytes of JSON that the body begins with; all of it where left out. */
      readonly headerLength?: number | undefined;
      readonly body: Uint8Array;
    };

/** Seconds that a job spent in each stage. */
export type StageSeconds = Readonly<Partial<Record<'decode' | 'compute' | 'encode', number>>>;

/** What is sent back to the client. */
export interface Answer {
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly seconds: StageSeconds;
}

/** How a job ended. */
export type Outcome =
  | { readonly answer: Answer }
  /** The request is at fault: the same again would be refused again. */
  | { readonly refusal: { readonly status: number; readonly message: string } }
  /** The engine is: the message is for the log alone. */
  | { readonly failure: string };

/** What the engine tells of a model once it is loaded. */
export interface ModelFacts {
  readonly name: string;
  readonly classes: readonly string[];
  readonly provider: string;
}

export type ToEngine =
  | { readonly type: 'start'; readonly configuration: EngineConfiguration }
  | { readonly type: 'job'; readonly id: number; readonly job: EngineJob }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'ping' };

export type FromEngine =
  | { readonly type: 'ready'; readonly models: readonly ModelFacts[]; readonly remarks: readonly string[] }
  /** It cannot start, and another could not either. */
  | { readonly type: 'unfit'; readonly message: string }
  | { readonly type: 'settled'; readonly id: number; readonly outcome: Outcome }
  | { readonly type: 'pong'; readonly residentBytes: number };
