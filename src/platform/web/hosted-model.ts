/** A model where it computes: in a worker, or in the page's own thread. */
import type { RuntimeError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { Inspector } from '../../inference/inspector.ts';
import { createPredictor, type PredictorOptions } from '../../inference/predictor.ts';
import type { SegmentationOutputs, SegmentedClass } from '../../inference/segmentation/outputs.ts';
import type { ModelDescription } from '../../models/model.ts';
import { decodeImage } from './decode-image.ts';
import { type EngineSettings, engineBackend, onDeviceLost, type WebEngine } from './engine.ts';
import type { DownloadProgress } from './fetch-file.ts';
import { FileStore } from './file-store.ts';
import { HostedInspections, type InspectionCallName, type InspectionCalls } from './hosted-inspections.ts';
import { ENGINE_START, seconds, within } from './limits.ts';
import type { PlainModelSource } from './model-source.ts';
import type { TakenImage } from './image-source.ts';
import { readModel } from './read-model.ts';
import { startEngine } from './start-engine.ts';

/** What a model is loaded by; plain data. */
export interface HostedModelRequest {
  readonly source: PlainModelSource;
  readonly device: 'wasm' | 'webgpu';
  /** Whether WebGPU must agree with WASM first. */
  readonly checksDevice: boolean;
  readonly options: Omit<PredictorOptions, 'device' | 'threads'>;
  readonly engine: EngineSettings;
  /** Whether files are kept for the next time, and where the network fails. */
  readonly cache: boolean;
}

export interface HostedModelWatch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Told when the graphics card is lost, after which nothing can be segmented. */
  readonly onLost?: ((error: RuntimeError) => void) | undefined;
}

/** What is known of a model once it is loaded; plain data. */
export interface HostedModelFacts {
  readonly description: ModelDescription;
  readonly provider: string;
  readonly views: Awaited<ReturnType<typeof createPredictor>>['views'];
}

/** What segmenting gives; plain data, all its arrays its own. */
export interface HostedResult {
  readonly image: Image;
  readonly outputs: SegmentationOutputs;
  readonly found: readonly SegmentedClass[];
}

export interface HostedModel extends HostedModelFacts {
  segment(image: TakenImage, watch: SegmentWatch): Promise<HostedResult>;
  look<Name extends InspectionCallName>(
    call: Name,
    request: InspectionCalls[Name]['request'],
  ): Promise<InspectionCalls[Name]['result']>;
  dispose(): Promise<void>;
}

export interface SegmentWatch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** An engine's module and the name of its .wasm file. */
export interface WebEngineEntry {
  readonly engine: WebEngine;
  readonly file: string;
}

/**
 * Loads a model: its files, while the engine starts and is checked.
 * @throws FormatError, WeightsError, UsageError or RuntimeError as `readModel` and `createPredictor`; RuntimeError if the engine does not start within two
 * minutes, or WebGPU does not agree with WASM.
 */
export async function hostModel(
  { engine, file }: WebEngineEntry,
  { source, device, checksDevice, options, engine: settings, cache }: HostedModelRequest,
  { signal, onProgress, onLost }: HostedModelWatch,
): Promise<HostedModel> {
  const backend = engineBackend(engine, file, settings);
  const silent = `The engine did not start within ${seconds(ENGINE_START)}. If the page's threads wait for each other, load the model with { threads: 1 }.`;
  const started = within(startEngine(backend, checksDevice), ENGINE_START, silent);
  // Reported where it is awaited.
  started.catch(() => {});
  const store = cache ? await FileStore.open() : undefined;
  const needsQuantization = options.precision === 'int8';
  const model = await readModel(source, { needsQuantization, store, signal, onProgress });
  await started;
  signal?.throwIfAborted();
  const predictor = await within(createPredictor(model, backend, { ...options, device }), ENGINE_START, silent);
  if (signal?.aborted) await predictor.dispose();
  signal?.throwIfAborted();
  if (device === 'webgpu' && onLost) await onDeviceLost(engine, onLost);
  // Few images are looked into: the files are read once more for that, from where they are kept, in place of staying in memory.
  const inspections = new HostedInspections(async () => {
    const again = await readModel(source, { needsQuantization: false, store });
    return within(Inspector.create(again, backend, { device }), ENGINE_START, silent);
  });
  return {
    description: predictor.description,
    provider: predictor.provider,
    views: predictor.views,
    async segment(taken, watch) {
      const segmentation = await predictor.segment(await decodeImage(taken, watch.signal), watch);
      const { image, labels, confidence, entropy, probabilities, logits, classes: found } = segmentation;
      const outputs = {
        labels,
        ...(confidence && { confidence }),
        ...(entropy && { entropy }),
        ...(probabilities && { probabilities }),
        ...(logits && { logits }),
      };
      return { image, outputs, found };
    },
    look: (call, request) => inspections.answer(call, request),
    async dispose() {
      await predictor.dispose();
      await inspections.dispose();
    },
  };
}
