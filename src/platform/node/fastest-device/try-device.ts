/** The process that measures one device: a driver that crashes takes nothing else with it. */
import { messageOf } from '../../../errors.ts';
import { checkDevice } from '../../../measurement/check-device.ts';
import { checkTraining } from '../../../measurement/check-training.ts';
import { timeDevice } from '../../../measurement/time-device.ts';
import type { Device } from '../../../runtime/backend.ts';
import { nodeBackend, reasonOf } from '../backend.ts';

/** What the process prints, as JSON. */
export type DeviceTrial =
  | { readonly milliseconds: number }
  /** `isLate`: it was ended before it had a result. */
  | { readonly failure: string; readonly isLate?: boolean };

/** What a device is to compute. */
export type DeviceTask = 'inference' | 'training';

const [device, task] = process.argv.slice(2) as [Device, DeviceTask];
const trial = await tried().catch(
  (error: unknown): DeviceTrial => ({ failure: reasonOf(messageOf((error as Error).cause ?? error)) }),
);
process.stdout.write(JSON.stringify(trial));
// A driver's threads are not waited for.
process.exit(0);

async function tried(): Promise<DeviceTrial> {
  const backend = await nodeBackend();
  if (device !== 'cpu') await checkDevice(backend, device, 'cpu');
  if (device !== 'cpu' && task === 'training') await checkTraining(backend, device, 'cpu');
  return { milliseconds: await timeDevice(backend, device) };
}
