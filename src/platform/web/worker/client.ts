/** The page's side of a model's worker: requests with their answers, and one error for all of them once it has ended. */
import { RuntimeError } from '../../../errors.ts';
import type { DownloadProgress } from '../fetch-file.ts';
import { seconds, WORKER_START, within } from '../limits.ts';
import { type CallName, type Calls, errorFrom, type FromWorker, type ToWorker } from './messages.ts';

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly transfer?: Transferable[];
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
  readonly onRun?: ((done: number, total: number) => void) | undefined;
}

interface Waiting {
  resolve(result: Calls[CallName]['result']): void;
  reject(error: unknown): void;
  readonly options: AskOptions;
}

/**
 * The clients that wait for an answer, first for their worker's start. Their callers wait for promises, which refer to nobody: Firefox would take an idle worker
 * that nothing else refers to for garbage, and end it.
 */
const asking = new Set<WorkerClient>();

export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onLost: (error: Error) => void;
  readonly #ready: Promise<void>;
  #requests = 0;
  #ended: Error | undefined;

  /** @param onLost is told once if the worker ends by itself, or its graphics card is lost. */
  constructor(worker: Worker, onLost: (error: Error) => void) {
    this.#worker = worker;
    this.#onLost = onLost;
    asking.add(this);
    let isReady = (): void => {};
    let failed = (_: Error): void => {};
    const ready = new Promise<void>((resolve, reject) => {
      isReady = resolve;
      failed = reject;
    });
    const late = `The model's worker did not answer within ${seconds(WORKER_START)}. Load the model with { worker: false } to compute in the page.`;
    this.#ready = within(ready, WORKER_START, late);
    // Reported where it is awaited.
    this.#ready.catch(() => {});
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('event' in data && data.event === 'ready') isReady();
      else this.#take(data);
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      const error = workerError(event.message);
      failed(error);
      this.#lose(error);
    };
    worker.onmessageerror = () => this.#lose(workerError('a message could not be read'));
  }

  /** @throws what the worker threw, the signal's reason as soon as it is aborted, RuntimeError if the worker does not start or has ended */
  async ask<Name extends CallName>(
    call: Name,
    request: Calls[Name]['request'],
    options: AskOptions = {},
  ): Promise<Calls[Name]['result']> {
    await this.#ready;
    options.signal?.throwIfAborted();
    if (this.#ended) throw this.#ended;
    const id = this.#requests++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#settle(id);
        this.#send({ id, call: 'cancel' });
        reject(options.signal?.reason);
      };
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T): void => {
          options.signal?.removeEventListener('abort', onAbort);
          settle(value);
        };
      };
      this.#send({ id, call, request } as ToWorker, options.transfer);
      asking.add(this);
      this.#waiting.set(id, { resolve: settled(resolve as Waiting['resolve']), reject: settled(reject), options });
      options.signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Ends the worker; what still waits, and whatever comes, gets this error. */
  end(error: Error): void {
    this.#ended ??= error;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
    asking.delete(this);
  }

  #settle(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) asking.delete(this);
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #lose(error: Error): void {
    if (this.#ended) return;
    this.end(error);
    this.#onLost(error);
  }

  #take(message: Exclude<FromWorker, { event: 'ready' }>): void {
    if ('event' in message && message.event === 'lost') {
      this.#lose(errorFrom(message.failure));
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    if ('event' in message) {
      if (message.event === 'download') waiting.options.onDownload?.(message.progress);
      else waiting.options.onRun?.(message.done, message.total);
      return;
    }
    this.#settle(message.id);
    if ('failure' in message) waiting.reject(errorFrom(message.failure));
    else waiting.resolve(message.result);
  }
}

function workerError(reason: string | undefined): RuntimeError {
  return new RuntimeError(
    reason
      ? `The model's worker failed (${reason}). Load the model again.`
      : "The model's worker could not be started: its script is missing beside the page's, or the page's security policy forbids it (worker-src 'self'). Load the model with { worker: false } to compute in the page.",
  );
}
