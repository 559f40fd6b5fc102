/** The short way in Node: a model's name and images, to segmentations. */
import { createPredictor, type Predictor, type PredictorOptions } from '../../inference/predictor.ts';
import { DISPOSED, type SegmentOptions, throwIfAborted, untilAborted } from '../../inference/segment-options.ts';
import type { Segmentation } from '../../inference/segmentation/segmentation.ts';
import type { Backend, Device } from '../../runtime/backend.ts';
import { Calls } from '../../runtime/calls.ts';
import { backendFor } from './backend.ts';
import { fastestDevice } from './fastest-device/fastest-device.ts';
import { type ImageSource, openImage } from './image-source.ts';
import { modelFor, readModelFolder } from './model-folder.ts';
import { type ModelLocation, modelFolder } from './model-location.ts';

/** How a model is loaded in Node: everything `createPredictor` takes, and which engine computes on which device. */
export interface LoadOptions extends Omit<PredictorOptions, 'device'> {
  /** What computes. `auto`: the fastest that works on this machine and computes what its processor computes; tried once and remembered. Default `cpu`. */
  readonly device?: Device | 'auto';
  /** The engine; onnxruntime-node, or its WASM build where that is not installed, when left out. */
  readonly backend?: Backend;
}

/** A model in Node: a predictor that also opens files. */
export interface NodeSegmenter extends Omit<Predictor, 'segment'> {
  /**
   * Segments an image given as path, URL, encoded bytes or pixels; the result has its size.
   * @throws as `openImage` and `Predictor.segment`.
   */
  segment(source: ImageSource, options?: SegmentOptions): Promise<Segmentation>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads a model: the folder at a path or file: URL, one in an installed package, or a shipped one by its name.
 * @param location the first of the shipped models when left out.
 * @throws UsageError if there is no such model or options do not fit each other, FormatError or WeightsError if its files are
 * not what they should be, RuntimeError if no engine is installed or it cannot load the model.
 * @example
 * const model = await loadModel('street-scenes');
 * const { labels, classes } = await model.segment('photo.jpg');
 */
export async function loadModel(
  location?: ModelLocation,
  { backend: given, device: wanted, ...options }: LoadOptions = {},
): Promise<NodeSegmenter> {
  const model = await readModelFolder(await modelFolder(location));
  const backend = given ?? (await backendFor(wanted === 'auto' ? undefined : wanted));
  const device = wanted === 'auto' ? (await fastestDevice(backend)).device : wanted;
  const predictor = await createPredictor(await modelFor(backend, model), backend, {
    ...options,
    ...(device && { device }),
  });
  const calls = new Calls(DISPOSED);
  const dispose = () => calls.dispose(() => predictor.dispose());
  return {
    description: predictor.description,
    provider: predictor.provider,
    views: predictor.views,
    async segment(source, watch = {}) {
      throwIfAborted(watch.signal);
      const call = async () => predictor.segment(await openImage(source), watch);
      return untilAborted(calls.run(call), watch.signal);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
