/** The option `--device auto`, which is replaced by what it finds before a command begins. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { DEVICES, type Device } from '../runtime/backend.ts';
import { oneOf } from '../option-values.ts';

/** The device that is found on the machine. */
const AUTO = 'auto';

/** The command for which a device has to get gradients right too. */
const TRAINS = 'train';

/** What the option takes, for its help. */
export const DEVICE_NAMES = 'cpu, webgpu, cuda, coreml, dml or wasm; auto takes the fastest that works here';

/** A device's name, or `auto`: no command sees that. */
export const device = (text: string): Device => oneOf('--device', [...DEVICES, AUTO])(text) as Device;

/**
 * Puts the fastest device in the place of `auto`, and says in a line which it is and why.
 * @throws UsageError if other machines compute.
 */
export async function settleDevice(command: Command): Promise<void> {
  const options: { device?: Device | typeof AUTO; queue?: string; train?: boolean } = command.opts();
  if (options.device !== AUTO) return;
  if (options.queue !== undefined) {
    throw new UsageError('--device auto is found where images are segmented: refinenet worker --device auto.');
  }
  const { nodeBackend } = await import('../platform/node/backend.ts');
  const { fastestDevice } = await import('../platform/node/fastest-device/fastest-device.ts');
  // Without the native engine its WASM build computes, which says so itself.
  const backend = await nodeBackend().catch(() => undefined);
  const task = command.name() === TRAINS || options.train ? 'training' : 'inference';
  const onTrial = (each: Device): unknown => note(`Trying ${each}, once for this machine.`);
  const { device, reason } = backend
    ? await fastestDevice(backend, { task, onTrial })
    : { device: 'cpu' as const, reason: 'the native engine is not there' };
  note(`Computing on ${device}: ${reason}.`);
  command.setOptionValue('device', device);
}

const note = (line: string): boolean => process.stderr.write(`${line}\n`);
