/** Adapts any onnxruntime module (Node's, the browser's) to the seam. It imports none: the platform passes one in. */
import type * as OnnxRuntime from 'onnxruntime-common';
import { messageOf, RuntimeError } from '../../errors.ts';
import type { Turn } from '../../one-at-a-time.ts';
import { bytesOf } from '../../tensor/tensor.ts';
import type { Backend, CostsByDevice, Device, ExecutableModel, SessionOptions } from '../backend.ts';
import type { MachineCosts } from '../machine-costs.ts';
import { OnnxRuntimeSession, type SessionDetails } from './session.ts';

/** The parts of an onnxruntime module that are used. */
export type OnnxRuntimeModule = Pick<typeof OnnxRuntime, 'InferenceSession' | 'Tensor'>;

/** What must be known of a build of onnxruntime to make a `Backend` of it, whose fields of the same names say more. */
export interface OnnxRuntimeOptions {
  readonly name: string;
  readonly devices: readonly Device[];
  readonly memoryMapping: boolean;
  readonly blockedLayout: boolean;
  readonly costs?: MachineCosts | undefined;
  readonly deviceCosts?: CostsByDevice;
  /** Where a session computes unless asked otherwise. */
  readonly defaultDevice: Device;
  /** Threads of sessions that name no number; the engine's own choice when left out. */
  readonly defaultThreads?: number | undefined;
  /** How this build leaves outputs on devices; it cannot when left out. */
  readonly keeping?: KeepingOutputs;
  /** When a session is made, run or released, for builds that cannot do several such things at a time; at once when left out. */
  readonly turn?: Turn;
  /** The provider that a device's sessions really use; throws if the device does not work here. */
  provider(device: Device): Promise<string>;
}

/** Loads a model; `more` are options of the engine's own. */
export type LoadSession = (
  model: ExecutableModel,
  options: SessionOptions,
  more?: OnnxRuntime.InferenceSession.SessionOptions,
) => Promise<readonly [OnnxRuntime.InferenceSession, SessionDetails]>;

/** What a build of onnxruntime adds to a backend so that outputs can stay on a device. */
export type KeepingOutputs = (
  ort: OnnxRuntimeModule,
  load: LoadSession,
) => Pick<Backend, 'keepsOutputsOn' | 'createDeviceSession'>;

/** Errors only: the engine's warnings speak of its own graph rewriting and mean nothing to users. */
const LOG_ERRORS_ONLY = 3;

/** A backend over an onnxruntime module. */
export function onnxRuntimeBackend(ort: OnnxRuntimeModule, options: OnnxRuntimeOptions): Backend {
  const { turn = atOnce } = options;
  const load: LoadSession = async (model, given, more) => {
    const device = given.device ?? options.defaultDevice;
    if (!options.devices.includes(device)) {
      throw new RuntimeError(
        `The device "${device}" is not available: ${options.name} offers ${options.devices.join(', ')} on this machine.`,
      );
    }
    const provider = await options.provider(device);
    try {
      const asked = {
        ...toSessionOptions(model, device, { ...given, threads: given.threads ?? options.defaultThreads }),
        ...more,
      };
      const session = await turn(() => ort.InferenceSession.create(model.bytes, asked));
      return [session, { device, provider, fed: model.fed ?? {}, turn }];
    } catch (error) {
      throw new RuntimeError(`${options.name} could not load the model on ${device}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };
  return {
    name: options.name,
    devices: options.devices,
    memoryMapping: options.memoryMapping,
    blockedLayout: options.blockedLayout,
    ...(options.costs && { costs: options.costs }),
    ...(options.deviceCosts && { deviceCosts: options.deviceCosts }),
    createSession: async (model, given = {}) => new OnnxRuntimeSession(ort, ...(await load(model, given))),
    ...options.keeping?.(ort, load),
  };
}

const atOnce: Turn = (task) => task();

function toSessionOptions(
  { weights, folder }: ExecutableModel,
  device: Device,
  { threads, preparation = 'runs' }: Pick<SessionOptions, 'preparation'> & { readonly threads: number | undefined },
): OnnxRuntime.InferenceSession.SessionOptions {
  const externalData = [...weights].flatMap(([path, value]) =>
    'stored' in value ? [] : [{ path, data: bytesOf(value) }],
  );
  return {
    executionProviders: [device],
    graphOptimizationLevel: preparation === 'loading' ? 'disabled' : 'all',
    logSeverityLevel: LOG_ERRORS_ONLY,
    // One block of memory planned for all values makes the second run take thrice as long and the peak higher, by 6 to 24 %,
    // and later runs no shorter.
    enableMemPattern: false,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(externalData.length > 0 ? { externalData } : {}),
    ...(folder === undefined || externalData.length === weights.size
      ? {}
      : { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
  };
}
