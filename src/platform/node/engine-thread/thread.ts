/** An engine in a thread of its own: the native one blocks the thread that calls it for as long as it computes. */
import { Worker } from 'node:worker_threads';
import { EngineEndedError, messageOf, RuntimeError } from '../../../errors.ts';
import {
  type Backend,
  type Device,
  type NamedTensors,
  type Session,
  sessionOptions,
} from '../../../runtime/backend.ts';
import {
  type CreatedSession,
  type EngineAnswer,
  type EngineFailure,
  type EngineRequest,
  type EngineThreadData,
  type OpenedBackend,
  SharedState,
  withOwnMemories,
  withOwnWeights,
} from './messages.ts';

const WORKER = new URL('./worker.js', import.meta.url);

/**
 * The engine that `backendFor` finds, in a thread of its own, so that this one can decode, color and write meanwhile.
 * Tensors are copied between the threads; weights that are stored in files are not. The thread does not keep the process alive
 * while nothing is asked of it.
 * @param onFallback is told when the WASM build takes the native engine's place.
 * @throws RuntimeError if no engine is installed; the message says how to install one.
 */
export async function threadedBackend(
  device?: Device,
  onFallback: (message: string) => void = () => {},
): Promise<Backend> {
  const thread = new EngineThread(device);
  const { remarks, ...opened } = (await thread.ask({ call: 'open' }).answer) as OpenedBackend;
  for (const remark of remarks) onFallback(remark);
  return {
    ...opened,
    async createSession(model, options = {}) {
      const { id, answer } = thread.ask({
        call: 'create',
        model: withOwnWeights(model),
        options: sessionOptions(options),
      });
      return threadedSession(thread, id, (await answer) as CreatedSession);
    },
  };
}

function threadedSession(thread: EngineThread, id: number, created: CreatedSession): Session {
  let disposal: Promise<unknown> | undefined;
  return {
    ...created,
    async run(feeds, outputs = created.outputNames) {
      const request = { call: 'run', session: id, feeds: withOwnMemories(feeds), outputs } as const;
      return (await thread.ask(request).answer) as NamedTensors;
    },
    async dispose() {
      disposal ??= thread.ask({ call: 'dispose', session: id }).answer;
      await disposal;
    },
  };
}

type Result = Extract<EngineAnswer, { result: unknown }>['result'];

/** Requests to the thread, each with its answer. */
class EngineThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (result: Result) => void; reject: (error: Error) => void }>();
  #requests = 0;
  #ended: EngineEndedError | undefined;

  constructor(device: Device | undefined) {
    const shared = new SharedState();
    const workerData: EngineThreadData = { device, memory: shared.memory };
    // Without this process's own flags: `--input-type` and the like are refused for a file.
    this.#worker = new Worker(WORKER, { workerData, name: 'refinenet engine', execArgv: [] });
    const onExit = () => shared.end();
    process.on('exit', onExit);
    this.#worker.on('exit', () => process.off('exit', onExit));
    this.#worker.on('message', (answer: EngineAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('failure' in answer) waiting?.reject(errorFrom(answer.failure));
      else waiting?.resolve(answer.result);
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#end(messageOf(error)));
    this.#worker.on('exit', (code) => this.#end(`exit code ${code}`));
  }

  ask(request: EngineRequest): { readonly id: number; readonly answer: Promise<Result> } {
    const id = this.#requests++;
    const answer = new Promise<Result>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      // Before anything waits for an answer: what cannot be sent gets none.
      this.#worker.postMessage({ id, request });
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
    });
    return { id, answer };
  }

  #end(reason: string): void {
    this.#ended ??= new EngineEndedError(
      `The engine's thread ended (${reason}), perhaps for want of memory. Start anew.`,
    );
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

/** Defects keep their stack, which says where in the thread they are. */
function errorFrom({ message, expected, stack }: EngineFailure): Error {
  if (expected) return new RuntimeError(message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
