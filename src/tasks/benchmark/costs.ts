/** Measures what the cost model of graph rewriting needs to know of this machine, and keeps it. */
import { UsageError } from '../../errors.ts';
import { REWRITING } from '../../graph/rewrite/optimize/inference.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import type { Machine } from '../../measurement/machine.ts';
import { measureCosts } from '../../measurement/measure-costs.ts';
import type { Device } from '../../runtime/backend.ts';
import type { WorkContext } from '../task.ts';
import type { BenchmarkEvent } from './events.ts';

/** @throws UsageError if convolutions never take other forms on the device, RuntimeError if the machine is busy. */
export async function keepCostsOf(
  device: Device,
  threads: number | undefined,
  machine: Machine,
  { backend: openBackend, onEvent, signal }: WorkContext<BenchmarkEvent>,
): Promise<void> {
  if (!REWRITING[device]) {
    const devices = Object.keys(REWRITING).join(', ');
    throw new UsageError(`--calibrate is for the devices ${devices}: convolutions take no other forms on ${device}.`);
  }
  const backend = await openBackend(device, (message) => onEvent({ type: 'warning', message }));
  const costs = await measureCosts(backend, {
    session: { device, ...(threads !== undefined && { threads }) },
    onProgress(done, total) {
      onEvent({ type: 'progress', unit: 'measurements', done, total, name: '' });
      throwIfAborted(signal);
    },
  });
  onEvent({ type: 'costs', engine: backend.name, costs, place: await machine.keepCosts(backend.name, device, costs) });
}
