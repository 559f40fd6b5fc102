/** Measures what the cost model of graph rewriting needs to know of this machine, and keeps it. */
import { UsageError } from '../../../errors.ts';
import { calibrate } from '../../../measurement/calibrate.ts';
import { REWRITTEN_ON } from '../../../graph/rewrite/optimize.ts';
import { backendFor, wasmBackend } from '../../../platform/node/backend.ts';
import { writeMachineCosts } from '../../../platform/node/machine-costs.ts';
import type { Device } from '../../../runtime/backend.ts';
import { note, progress, warn } from '../../output.ts';

/** @throws UsageError if graphs are not rewritten for the device, RuntimeError if the machine is busy. */
export async function calibrateDevice(device: Device, threads: number | undefined): Promise<void> {
  if (!REWRITTEN_ON.has(device)) {
    throw new UsageError(`--calibrate is for the devices cpu and wasm: graphs are not rewritten for ${device}.`);
  }
  const backend = device === 'wasm' ? await wasmBackend(threads ?? 1) : await backendFor(device, warn);
  let bar: ReturnType<typeof progress> | undefined;
  const costs = await calibrate(backend, {
    session: { device, ...(device === 'cpu' && threads !== undefined && { threads }) },
    onProgress: (done, total) => {
      bar ??= progress(total, 'measurements');
      if (done > 0) bar.step('');
    },
  }).finally(() => bar?.stop());
  const file = await writeMachineCosts(backend.name, costs);
  const { convolution, training, product, tiles } = costs;
  const rate = (nanoseconds: number): string => `${(1 / nanoseconds).toFixed(0)} G multiply-adds a second`;
  note(`${backend.name}: convolutions ${rate(convolution.multiplyAdd)}, products ${rate(product.multiplyAdd)}`);
  note(
    `in training: forward ${rate(training.forward)}, gradients of inputs ${rate(training.input)}, of weights ${rate(training.weight)}`,
  );
  for (const [tile, { input, output, kernel }] of Object.entries(tiles)) {
    note(
      `tiles of ${tile}: input ${input.toFixed(0)} ns, output ${output.toFixed(0)} ns, kernel ${kernel.toFixed(0)} ns`,
    );
  }
  note(`Kept in ${file}.`);
}
