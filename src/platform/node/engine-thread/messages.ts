/** What passes between thread.ts and the thread it starts. */
import type {
  Backend,
  Device,
  ExecutableModel,
  NamedTensors,
  Session,
  SessionOptions,
} from '../../../runtime/backend.ts';
import { type Tensor, TYPED_ARRAYS } from '../../../tensor/tensor.ts';

/** A type with nothing in it that cannot be copied to another thread: functions become `never`. */
type Plain<T> = T extends (...args: never[]) => unknown
  ? never
  : T extends ArrayBufferView | ArrayBufferLike
    ? T
    : T extends ReadonlyMap<infer K, infer V>
      ? ReadonlyMap<Plain<K>, Plain<V>>
      : T extends object
        ? { readonly [K in keyof T]: Plain<T[K]> }
        : T;

/** A message between threads; `never`, which nothing can be given for, where it could not be copied. */
type Message<T> = [T] extends [Plain<T>] ? T : never;

/** What the thread is started with. */
export type EngineThreadData = Message<{
  readonly device: Device | undefined;
  readonly memory: SharedArrayBuffer;
}>;

/** What is asked of the thread. Sessions are known by the number of the request that created them. */
export type EngineRequest = Message<
  | { readonly call: 'open' }
  | { readonly call: 'create'; readonly model: ExecutableModel; readonly options: SessionOptions }
  | {
      readonly call: 'run';
      readonly session: number;
      readonly feeds: NamedTensors;
      readonly outputs: readonly string[];
    }
  | { readonly call: 'dispose'; readonly session: number }
>;

export interface OpenedBackend extends Omit<Backend, 'createSession' | 'createDeviceSession' | 'keepsOutputsOn'> {
  /** What was said when another engine took the place of the one asked for. */
  readonly remarks: readonly string[];
}

export type CreatedSession = Pick<Session, 'device' | 'provider' | 'inputNames' | 'outputNames'>;

export interface EngineFailure {
  readonly message: string;
  /** Whether it is one of the engine's own errors, rather than a defect. */
  readonly expected: boolean;
  readonly stack: string | undefined;
}

export type EngineAnswer = Message<
  | { readonly id: number; readonly result: OpenedBackend | CreatedSession | NamedTensors | null }
  | { readonly id: number; readonly failure: EngineFailure }
>;

/** A tensor whose memory may be copied to another thread without what lies around it. */
function withOwnMemory(tensor: Tensor): Tensor {
  const { dtype, data } = tensor;
  if (data.byteLength === data.buffer.byteLength) return tensor;
  return { ...tensor, data: new TYPED_ARRAYS[dtype](data as never) };
}

export function withOwnMemories(tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, withOwnMemory(value)]));
}

/** A model whose tensors may be copied so; what is stored in files stays there. */
export function withOwnWeights({ bytes, weights, folder, fed }: ExecutableModel): ExecutableModel {
  const own = [...weights].map(([name, value]) => [name, 'stored' in value ? value : withOwnMemory(value)] as const);
  return {
    bytes,
    weights: new Map(own),
    ...(folder !== undefined && { folder }),
    ...(fed && { fed: withOwnMemories(fed) }),
  };
}

/**
 * What both threads see: a process that ends while the engine computes in another thread would crash, so it lets the engine
 * finish and begin nothing else.
 */
export class SharedState {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;

  constructor(memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#numbers = new Int32Array(memory);
  }

  /** Does the work unless the process is ending; then it never settles. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    Atomics.add(this.#numbers, AT_WORK, 1);
    if (Atomics.load(this.#numbers, IS_ENDING) === 1) {
      this.#leave();
      return new Promise<never>(() => {});
    }
    return work().finally(() => this.#leave());
  }

  /** Blocks until no work is under way, and lets none begin. */
  end(): void {
    Atomics.store(this.#numbers, IS_ENDING, 1);
    for (let count = this.#count(); count > 0; count = this.#count()) Atomics.wait(this.#numbers, AT_WORK, count);
  }

  #count(): number {
    return Atomics.load(this.#numbers, AT_WORK);
  }

  #leave(): void {
    Atomics.sub(this.#numbers, AT_WORK, 1);
    Atomics.notify(this.#numbers, AT_WORK);
  }
}

const AT_WORK = 0;
const IS_ENDING = 1;
