/** The state of training in the memory of the device that trains. */
import { Identity } from '../../graph/ops/elementwise.ts';
import type { Outputs } from '../../graph/rewrite/rewrite.ts';
import { applyOne, input } from '../../graph/value.ts';
import type { Backend, DeviceSession, DeviceTensor, DeviceTensors, SessionOptions } from '../../runtime/backend.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import { compileOnDevice } from './compile.ts';
import { feedsOf, withPrefix } from './named-tensors.ts';
import { movingNames, StateBuffers } from './state.ts';
import { NAMES, type NetworkParts } from './step-graph.ts';
import type { TrainingState } from './types.ts';

export interface DeviceStateOptions {
  /** Where to begin; it is copied. */
  readonly state: TrainingState;
  readonly parts: NetworkParts;
  /** The optimizer's. */
  readonly slots: readonly string[];
  readonly hasEma: boolean;
  readonly backend: Backend;
  readonly session: SessionOptions;
}

type StateNames = { readonly [Part in keyof TrainingState]: readonly string[] };

export class DeviceState {
  readonly #tensors: Map<string, DeviceTensor>;
  /** The names of everything, in order. */
  readonly #names: StateNames;
  /** The weights that no step changes, which need not be read back. */
  readonly #unchanged: Weights;
  readonly #download: DeviceSession;
  /** The memory of the first tensors is this session's. */
  readonly #upload: DeviceSession;

  private constructor(
    tensors: DeviceTensors,
    host: { readonly names: StateNames; readonly unchanged: Weights },
    sessions: { readonly upload: DeviceSession; readonly download: DeviceSession },
  ) {
    this.#tensors = new Map(Object.entries(tensors));
    this.#names = host.names;
    this.#unchanged = host.unchanged;
    this.#upload = sessions.upload;
    this.#download = sessions.download;
  }

  /**
   * @throws WeightsError if a tensor of the state is missing or has another shape; all of them in one message.
   * @throws RuntimeError if the device has no room for it.
   */
  static async create({ state, parts, slots, hasEma, backend, session }: DeviceStateOptions): Promise<DeviceState> {
    const initial = new StateBuffers(state, parts, slots, hasEma).view();
    const fed = new Map([
      ...initial.weights,
      ...initial.optimizer,
      ...[...initial.average].map(([name, value]): [string, Tensor] => [NAMES.ema(name), value]),
    ]);
    const upload = await compileCopies(fed, [...fed.keys()].map(NAMES.next), backend, session);
    const { kept } = await upload.run(Object.fromEntries(fed));
    const moving = new Set(movingNames(parts));
    const isUnchanged = (name: string): boolean => initial.weights.has(name) && !moving.has(name);
    const changing = new Map([...fed].filter(([name]) => !isUnchanged(name)));
    const download = await compileCopies(changing, [], backend, session);
    const host = {
      names: {
        weights: [...initial.weights.keys()],
        optimizer: [...initial.optimizer.keys()],
        average: [...initial.average.keys()],
      },
      unchanged: new Map([...initial.weights].filter(([name]) => isUnchanged(name))),
    };
    return new DeviceState(withPrefix(kept, NAMES.next('')), host, { upload, download });
  }

  /** A tensor by the name that it is fed under; undefined if it is none of the state's. */
  feed(name: string): DeviceTensor | undefined {
    return this.#tensors.get(name);
  }

  /** Takes the place of tensors by what became of them, called `NAMES.next`; frees the former ones. */
  replace(next: DeviceTensors): void {
    for (const [name, tensor] of Object.entries(withPrefix(next, NAMES.next('')))) {
      this.#tensors.get(name)?.dispose();
      this.#tensors.set(name, tensor);
    }
  }

  /** The state as it is now, read back from the device. */
  async read(): Promise<TrainingState> {
    const { read } = await this.#download.run(feedsOf(this.#download, this, {}));
    const now = (names: readonly string[], called = (name: string): string => name): Weights =>
      new Map(names.map((name) => [name, (read[NAMES.next(called(name))] ?? this.#unchanged.get(name)) as Tensor]));
    const { weights, optimizer, average } = this.#names;
    return { weights: now(weights), optimizer: now(optimizer), average: now(average, NAMES.ema) };
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
    await Promise.all([this.#download.dispose(), this.#upload.dispose()]);
  }
}

/** A session that gives copies of tensors, called `NAMES.next`. */
async function compileCopies(
  tensors: Weights,
  keeps: readonly string[],
  backend: Backend,
  session: SessionOptions,
): Promise<DeviceSession> {
  const outputs: Outputs = Object.fromEntries(
    [...tensors].map(([name, { shape }]) => [
      NAMES.next(name),
      applyOne(Identity, [input(name, 'float32', shape)], null),
    ]),
  );
  return compileOnDevice(backend, outputs, { ...session, keeps });
}
