/** The page's side of a run: what the worker tells, to callbacks, until it ends. */
import { RuntimeError } from '../../../errors.ts';
import type { LabelMap } from '../../../image/label-map.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import type { EpochRecord, ValidationRecord } from '../../../training/run/log.ts';
import type { StepReport } from '../../../training/run/parts.ts';
import type { PredictedSample } from '../../../training/run/validate.ts';
import type { DownloadProgress } from '../fetch-file.ts';
import { PHOTOGRAPH, seconds, WORKER_START } from '../limits.ts';
import type { ModelDevice } from '../model-device.ts';
import { WebSegmentation } from '../web-segmentation.ts';
import { errorFrom } from '../worker/messages.ts';
import type { FromTrainingWorker, ToTrainingWorker, TrainingEvent, TrainingRequest } from './messages.ts';

/** A validated image: what the model finds in it, and what its mask says. */
export interface ValidatedImage {
  readonly name: string;
  readonly found: WebSegmentation;
  readonly truth: LabelMap;
}

/** What a page is told after a validation: the figures, and some images to show. */
export interface PageValidation extends ValidationRecord {
  /** Whether it is the best so far, whose model is kept. */
  readonly isBest: boolean;
  /** The first of the images. */
  readonly samples: readonly ValidatedImage[];
}

/** Who is told what on the way. */
export interface PageTrainingCallbacks {
  /** While the starting model is downloaded. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Before a new run, while every image is read once to find what is damaged. */
  readonly onCheck?: (done: number, total: number) => void;
  /** When the first step is about to begin, with the run's name and what computes. */
  readonly onStart?: (name: string, device: ModelDevice) => void;
  /** After every step: loss, rates, images a second, how far the run is. */
  readonly onProgress?: (report: StepReport) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
  /** After a validation: mean IoU, IoU by class, and images to look at. */
  readonly onValidation?: (validation: PageValidation) => void;
  /** After a checkpoint is kept, from which the run would go on. */
  readonly onCheckpoint?: (checkpoint: { readonly folder: string; readonly update: number }) => void;
  /** Something that does not end the run; to the console when left out. */
  readonly onWarning?: (message: string) => void;
}

export interface FollowTrainingOptions {
  readonly callbacks: PageTrainingCallbacks;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a word from the worker after which it is ended. */
  readonly limit?: number;
}

const RESUMABLE = 'The run can be resumed from its last checkpoint';

/**
 * Lets a worker train, and ends it.
 * @returns the run's name.
 * @throws what ended the run, RuntimeError if the worker does not start or says nothing for too long, the signal's reason if it was aborted before the first step,
 * and what a callback throws.
 */
export function followTraining(
  worker: Worker,
  { request, transfer }: { readonly request: TrainingRequest; readonly transfer: readonly Transferable[] },
  { callbacks, signal, limit = PHOTOGRAPH }: FollowTrainingOptions,
): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout>;
    let classes: readonly LabelClass[] = [];
    /** Whether there is a checkpoint to go on from. */
    let hasBegun = request.run.kind === 'resumed';
    const send = (message: ToTrainingWorker, transferred: readonly Transferable[] = []): void =>
      worker.postMessage(message, [...transferred]);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      worker.terminate();
      settle();
    };
    const fail = (error: unknown): void => end(() => reject(error));
    const onAbort = (): void => send({ call: 'stop' });
    const wait = (milliseconds: number, message: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(new RuntimeError(message)), milliseconds);
    };
    const silent = (): string =>
      `The training worker said nothing for ${seconds(limit)} and was ended${hasBegun ? `. ${RESUMABLE}; give it more time (limit), or a smaller crop or batch.` : ' before the run had begun. Start it anew, with more time (limit) or smaller images.'}`;

    worker.onmessage = ({ data }: MessageEvent<FromTrainingWorker>) => {
      if (data.event === 'checkpoint') hasBegun = true;
      wait(limit, silent());
      switch (data.event) {
        case 'ready':
          try {
            send({ call: 'train', request }, transfer);
          } catch (error) {
            fail(error);
          }
          if (signal?.aborted) onAbort();
          return;
        case 'end':
          return end(() => resolve(data.name));
        case 'failure': {
          const error = errorFrom(data.failure);
          return fail(error.name === 'AbortError' && signal?.aborted ? signal.reason : error);
        }
        default:
          if (data.event === 'start') ({ classes } = data);
          try {
            tell(data, callbacks, classes);
          } catch (error) {
            fail(error);
          }
      }
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      fail(
        new RuntimeError(
          event.message
            ? `The training worker failed (${event.message}). ${hasBegun ? RESUMABLE : 'Start the run anew'}.`
            : "The training worker could not be started: its script is missing beside the page's, or the page's security policy forbids it (worker-src 'self'). Say where it is: { worker: (script) => new Worker(...) }.",
        ),
      );
    };
    worker.onmessageerror = () => fail(new RuntimeError('A message of the training worker could not be read.'));
    signal?.addEventListener('abort', onAbort, { once: true });
    wait(
      WORKER_START,
      `The training worker did not answer within ${seconds(WORKER_START)}. Check that its script is the one of this package.`,
    );
  });
}

function tell(message: TrainingEvent, callbacks: PageTrainingCallbacks, classes: readonly LabelClass[]): void {
  const { onWarning = console.warn } = callbacks;
  switch (message.event) {
    case 'download':
      callbacks.onDownload?.(message.progress);
      break;
    case 'check':
      callbacks.onCheck?.(message.done, message.total);
      break;
    case 'start':
      callbacks.onStart?.(message.name, message.device);
      break;
    case 'step':
      callbacks.onProgress?.(message.report);
      break;
    case 'epoch':
      callbacks.onEpoch?.(message.record);
      break;
    case 'validation': {
      const samples = message.samples.map((each) => validated(each, classes));
      callbacks.onValidation?.({ ...message.record, isBest: message.isBest, samples });
      break;
    }
    case 'checkpoint':
      callbacks.onCheckpoint?.({ folder: message.folder, update: message.update });
      break;
    case 'warning':
      onWarning(message.message);
  }
}

function validated(
  { name, image, labels, prediction }: PredictedSample,
  classes: readonly LabelClass[],
): ValidatedImage {
  return { name, found: new WebSegmentation(image, { labels: prediction }, classes), truth: labels };
}
