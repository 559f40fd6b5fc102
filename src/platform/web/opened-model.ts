/** A model that was opened somewhere: in a worker, or in the page's own thread. */
import type { DownloadProgress } from './fetch-file.ts';
import type { InspectionCallName, InspectionCalls } from './hosted-inspections.ts';
import type { HostedModelFacts, HostedResult, SegmentWatch } from './hosted-model.ts';
import type { ModelDevice, WebDevice } from './model-device.ts';
import type { SentImage } from './image-source.ts';

/** Where a model computes: in a worker, or in the page's own thread. */
export interface PlaceOptions {
  /**
   * Whether a worker computes, so that the page goes on meanwhile: `false` computes in the page, with one thread, and a function makes the worker. Default true.
   */
  readonly worker?: boolean | WorkerFactory;
}

/** Makes the worker whose script is the named one of this package, for pages that keep it elsewhere than beside their own script. */
export type WorkerFactory = (script: WorkerScript) => Worker;

/**
 * A script of this package for workers that compute, by its file's name: one for the CPU, and for WebGPU one with and
 * one without JavaScript Promise Integration (JSPI), which not all browsers have.
 */
export type WorkerScript = 'wasm-worker.js' | 'webgpu-worker.js' | 'jspi-worker.js';

/** A model that was opened somewhere. */
export interface OpenedModel {
  readonly facts: HostedModelFacts;
  readonly device: ModelDevice;
  segment(taken: SentImage, watch: SegmentWatch): Promise<HostedResult>;
  look<Name extends InspectionCallName>(
    call: Name,
    request: InspectionCalls[Name]['request'],
    watch?: { readonly signal?: AbortSignal | undefined; readonly transfer?: Transferable[] },
  ): Promise<InspectionCalls[Name]['result']>;
  dispose(): Promise<void>;
  /** Ends it at once, whatever it does. */
  end(error: Error): void;
  /** Resolves to what happened when the model ends without having been disposed of. */
  readonly lost: Promise<Error>;
}

export interface OpenOptions {
  readonly device: WebDevice;
  readonly worker: boolean | WorkerFactory;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}
