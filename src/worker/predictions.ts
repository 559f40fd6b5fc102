/** The models of a worker, loaded in the forms in which images ask for them. */
import { EngineEndedError, messageOf, RefineNetError, RuntimeError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { Backend, Device } from '../runtime/backend.ts';
import { openPrediction, type Prediction } from '../tasks/predict/open-prediction.ts';
import type { ImageReport } from '../tasks/predict/prediction-files.ts';
import type { TaskFiles } from '../tasks/task-files.ts';
import type { ImageJob } from './image-job.ts';

export interface PredictionsContext {
  readonly files: TaskFiles;
  readonly backend: (device: Device | undefined) => Promise<Backend>;
  /** What this machine computes with, whatever is asked for. */
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
  readonly onWarning: (message: string) => void;
}

/** Models that are kept loaded. */
const KEPT = 2;
/** More than one image: what a network is prepared for is said in the request. */
const SEVERAL = 2;

/** The machine is at fault, not the image: another one may have the model. */
function notLoaded(error: unknown): never {
  if (!(error instanceof RefineNetError)) throw error;
  throw new RuntimeError(`The model cannot be loaded: ${messageOf(error)}`, { cause: error });
}

/** One image is computed at a time; others are decoded and written meanwhile. */
export class Predictions {
  readonly #context: PredictionsContext;
  /** The one used last is the last. */
  readonly #loaded = new Map<string, Prediction>();
  /** One for all models that compute on a device: an engine's thread stays for as long as the process. */
  readonly #engines = new Map<Device | undefined, Promise<Backend>>();
  readonly #inTurn = oneAtATime();

  constructor(context: PredictionsContext) {
    this.#context = context;
  }

  /**
   * Segments an image and writes what is asked for.
   * @param open decodes it.
   * @throws RuntimeError if the model cannot be loaded; as `open`, `Predictor.segment` and `TaskFiles.write`.
   */
  async run(job: ImageJob, open: () => Promise<Image>): Promise<ImageReport> {
    const image = await open();
    const { prediction, segmentation } = await this.#inTurn(async () => {
      const prediction = await this.#predictionFor(job);
      const segmentation = await prediction.segment(image).catch((error: unknown) => this.#orBeginAnew(error));
      return { prediction, segmentation };
    });
    return prediction.write({ path: job.image.path, name: job.image.name }, segmentation);
  }

  /** Waits for what is computed. */
  async dispose(): Promise<void> {
    await this.#inTurn(async () => {
      for (const prediction of this.#loaded.values()) await prediction.dispose();
      this.#loaded.clear();
    });
  }

  async #predictionFor({ request: asked, expected, modelDigest }: ImageJob): Promise<Prediction> {
    const { files, device = asked.device, threads = asked.threads, onWarning } = this.#context;
    const backend = (on: Device | undefined): Promise<Backend> => this.#engineFor(on);
    const request = { ...asked, device, threads };
    const { images: _, ...shared } = request;
    // The files under a path may be replaced while it is loaded.
    const digest = await files.modelDigest(request.model);
    if (digest !== undefined && digest !== (modelDigest ?? digest)) {
      throw new RuntimeError(
        `The model ${request.model ?? 'by default'} has other files here than it had where the images were put into the queue. Bring the same ones to all machines, or ask again with another --output.`,
      );
    }
    const key = JSON.stringify([shared, expected, digest]);
    const known = this.#loaded.get(key);
    this.#loaded.delete(key);
    // Before the next one is loaded, which may need the memory.
    while (this.#loaded.size >= KEPT) {
      const [oldest, prediction] = this.#loaded.entries().next().value as [string, Prediction];
      this.#loaded.delete(oldest);
      await prediction.dispose();
    }
    const size = expected && Promise.resolve(expected);
    const onEvent = ({ message }: { readonly message: string }): void => onWarning(message);
    const prediction =
      known ??
      (await openPrediction(request, SEVERAL, size, { files, backend, onEvent })
        .catch((error: unknown) => this.#orBeginAnew(error))
        .catch(notLoaded));
    this.#loaded.set(key, prediction);
    return prediction;
  }

  #engineFor(device: Device | undefined): Promise<Backend> {
    const known = this.#engines.get(device);
    if (known) return known;
    const engine = this.#context.backend(device);
    this.#engines.set(device, engine);
    engine.catch(() => this.#engines.delete(device));
    return engine;
  }

  /** Where the engine is gone, the next image gets a new one, which loads its model. @throws the error */
  async #orBeginAnew(error: unknown): Promise<never> {
    if (!(error instanceof EngineEndedError)) throw error;
    const gone = [...this.#loaded.values()];
    this.#loaded.clear();
    this.#engines.clear();
    await Promise.allSettled(gone.map((prediction) => prediction.dispose()));
    throw error;
  }
}
