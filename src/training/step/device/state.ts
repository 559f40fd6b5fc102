/** The state of training in the memory of the device that trains. */
import { Identity } from '../../../graph/ops/elementwise.ts';
import type { Outputs } from '../../../graph/rewrite/rewrite.ts';
import { applyOne, input } from '../../../graph/value.ts';
import type { Backend, DeviceSession, DeviceTensor, DeviceTensors, SessionOptions } from '../../../runtime/backend.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import type { Weights } from '../../../tensor/weights.ts';
import { compileOnDevice } from '../compile.ts';
import { feedsOf, withPrefix } from '../named-tensors.ts';
import { StateBuffers } from '../state.ts';
import { NAMES, namesByRole, type NetworkParts } from '../graph.ts';
import type { TrainingState } from '../types.ts';
import { type Pack, type PackedParts, pack, unpack } from './packs.ts';

export interface DeviceStateOptions {
  /** Where to begin; it is copied. */
  readonly state: TrainingState;
  readonly parts: NetworkParts;
  readonly packed: PackedParts;
  /** The optimizer's. */
  readonly slots: readonly string[];
  readonly hasEma: boolean;
  readonly backend: Backend;
  readonly session: SessionOptions;
}

type StateNames = { readonly [Part in keyof TrainingState]: readonly string[] };

/** A tensor of the device's that holds tensors of the state. */
interface PackedTensor {
  /** The name that it is fed under. */
  readonly name: string;
  readonly pack: Pack;
  /** How the tensor of a member is called in the state's buffers. */
  readonly called: (member: string) => string;
}

/** What of the state stays in this process. */
interface HostPart {
  /** The names of everything, in order. */
  readonly names: StateNames;
  /** The weights that no step changes, which need not be read back. */
  readonly unchanged: Weights;
  readonly packed: readonly PackedTensor[];
}

export class DeviceState {
  /** Packs and unchanged weights, by the names that they are fed under. */
  readonly #tensors: Map<string, DeviceTensor>;
  readonly #host: HostPart;
  readonly #download: DeviceSession;
  /** The memory of the first tensors is this session's. */
  readonly #upload: DeviceSession;

  private constructor(
    tensors: DeviceTensors,
    host: HostPart,
    sessions: { readonly upload: DeviceSession; readonly download: DeviceSession },
  ) {
    this.#tensors = new Map(Object.entries(tensors));
    this.#host = host;
    this.#upload = sessions.upload;
    this.#download = sessions.download;
  }

  /**
   * @throws WeightsError if a tensor of the state is missing or has another shape; all of them in one message.
   * @throws RuntimeError if the device has no room for it.
   */
  static async create(options: DeviceStateOptions): Promise<DeviceState> {
    const { state, parts, slots, hasEma, backend, session } = options;
    const initial = new StateBuffers(state, parts, slots, hasEma);
    const { weights, optimizer, average } = initial.view();
    const packed = packedTensors(options);
    const changing = new Map(
      packed.map(({ name, pack: of, called }) => [name, pack(of, (member) => initial.get(called(member)) as Tensor)]),
    );
    const { parameters } = options.packed;
    const unchanged = new Map([...weights].filter(([name]) => parameters.has(name)));
    const fed = new Map([...unchanged, ...changing]);
    const upload = await compileCopies(fed, [...fed.keys()].map(NAMES.next), backend, session);
    const download = await compileCopies(changing, [], backend, session).catch(async (error: unknown) => {
      await upload.dispose();
      throw error;
    });
    const names = {
      weights: [...weights.keys()],
      optimizer: [...optimizer.keys()],
      average: [...average.keys()],
    };
    try {
      const { kept } = await upload.run(Object.fromEntries(fed));
      return new DeviceState(withPrefix(kept, NAMES.next('')), { names, unchanged, packed }, { upload, download });
    } catch (error) {
      await Promise.allSettled([upload.dispose(), download.dispose()]);
      throw error;
    }
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
    const { names, unchanged, packed } = this.#host;
    const { read } = await this.#download.run(feedsOf(this.#download, this, {}));
    const found = new Map(unchanged);
    for (const { name, pack: of, called } of packed) {
      for (const [member, tensor] of unpack(of, read[NAMES.next(name)] as Tensor)) found.set(called(member), tensor);
    }
    const now = (of: readonly string[], called = (name: string): string => name): Weights =>
      new Map(of.map((name) => [name, found.get(called(name)) as Tensor]));
    return { weights: now(names.weights), optimizer: now(names.optimizer), average: now(names.average, NAMES.ema) };
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
    await Promise.all([this.#download.dispose(), this.#upload.dispose()]);
  }
}

/** Every pack's tensors: weights, where they train the optimizer's, and averages where there are such. */
function packedTensors({ packed, slots, hasEma }: DeviceStateOptions): PackedTensor[] {
  const of = (pack: Pack, ownSlots: readonly string[]): PackedTensor[] =>
    namesByRole(pack.name, ownSlots).flatMap(([role, name], index) => {
      const called = (member: string): string => (namesByRole(member, ownSlots)[index] as readonly [string, string])[1];
      return role === 'ema' && !hasEma ? [] : [{ name, pack, called }];
    });
  return [...packed.trained.flatMap((pack) => of(pack, slots)), ...packed.statistics.flatMap((pack) => of(pack, []))];
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
