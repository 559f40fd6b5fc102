/** The device `auto`: the fastest that works here and computes what the processor computes, found once and remembered. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../../errors.ts';
import { TITLES } from '../../../measurement/check-device.ts';
import type { Backend, Device } from '../../../runtime/backend.ts';
import { type FoundDevice, keepDevice, keptDevice } from './kept-device.ts';
import type { DeviceTask, DeviceTrial } from './try-device.ts';

export interface FastestDeviceOptions {
  /** What it is to compute; inference when left out. For training its gradients are checked as well. */
  readonly task?: DeviceTask;
  /** The script of the process that tries a device. */
  readonly script?: URL;
  /** How long a trial may take. */
  readonly seconds?: number;
  /** Told before a device is tried. */
  readonly onTrial?: (device: Device) => void;
}

const SCRIPT = new URL('./try-device.js', import.meta.url);

/** Drivers make their kernels in the first run; a step of training has many more. */
const MOST_SECONDS: Readonly<Record<DeviceTask, number>> = { inference: 60, training: 180 };

/** Graphics processors by how much of a network they compute; the processor is always there. */
const ACCELERATORS: readonly Device[] = ['cuda', 'webgpu', 'coreml', 'dml'];

/**
 * The fastest device for a backend's engine on this machine. Each is tried in a process of its own, once: what was found is kept beside
 * the measured costs, for this engine, its devices and kind of machine. What a busy machine did not answer in time is not.
 */
export async function fastestDevice(
  { name, devices }: Pick<Backend, 'name' | 'devices'>,
  options: FastestDeviceOptions = {},
): Promise<FoundDevice> {
  if (!devices.includes('cpu')) return { device: 'wasm', reason: 'the native engine is not installed' };
  const { task = 'inference' } = options;
  const engine = `${name} with ${devices.join(', ')}${task === 'training' ? ', to train' : ''}`;
  const kept = keptDevice(engine);
  if (kept) return kept;
  const trials = new Map<Device, DeviceTrial>();
  for (const device of ['cpu' as const, ...ACCELERATORS.filter((each) => devices.includes(each))]) {
    options.onTrial?.(device);
    trials.set(device, await tryDevice(device, options));
  }
  const found = chosen(trials);
  const isSettled = [...trials].every(
    ([device, trial]) => 'milliseconds' in trial || (device !== 'cpu' && !trial.isLate),
  );
  if (isSettled) await keepDevice(engine, found);
  return found;
}

/** The device with the shortest time, and how it compares. */
export function chosen(trials: ReadonlyMap<Device, DeviceTrial>): FoundDevice {
  const timed = [...trials].flatMap(([device, trial]) => ('milliseconds' in trial ? [{ device, ...trial }] : []));
  const fastest = timed.reduce((best, each) => (each.milliseconds < best.milliseconds ? each : best), {
    device: 'cpu' as Device,
    milliseconds: Number.POSITIVE_INFINITY,
  });
  const others = [...trials].filter(([device]) => device !== fastest.device);
  const compared = others.map(([device, trial]) =>
    'failure' in trial
      ? `${TITLES[device]} does not work here (${trial.failure.replace(/[.\s]+$/, '')})`
      : `${TITLES[device]} takes ${times(trial.milliseconds / fastest.milliseconds)} times as long`,
  );
  return { device: fastest.device, reason: compared.join('; ') || 'the engine has no other here' };
}

const times = (ratio: number): string => (ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0));

function tryDevice(
  device: Device,
  { script = SCRIPT, task = 'inference', seconds = MOST_SECONDS[task] }: FastestDeviceOptions,
): Promise<DeviceTrial> {
  return new Promise((resolve) => {
    const limits = { timeout: 1000 * seconds, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [fileURLToPath(script), device, task], limits, (error, stdout) => {
      resolve(trialFrom(stdout) ?? { failure: failureOf(error, seconds), isLate: error?.killed === true });
    });
  });
}

function trialFrom(printed: string): DeviceTrial | undefined {
  try {
    return JSON.parse(printed) as DeviceTrial;
  } catch {
    return undefined;
  }
}

function failureOf(
  error: (Error & { killed?: boolean; signal?: string | null; code?: unknown }) | null,
  seconds: number,
): string {
  if (error?.killed) return `no result within ${seconds} seconds`;
  if (error?.signal) return `its driver ended with ${error.signal}`;
  return error ? `its process ended with ${messageOf(error.code ?? error)}` : 'its process said nothing';
}
