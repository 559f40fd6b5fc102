/** Calibrating on WebGPU, with a driver in software. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { missingSoftwareWebgpu, SOFTWARE_WEBGPU } from '../../test/support/software-webgpu.ts';
import type { MachineCosts } from '../runtime/machine-costs.ts';

const CHILD = fileURLToPath(new URL('../../test/support/device/costs-child.ts', import.meta.url));

describe.skipIf(missingSoftwareWebgpu)(`calibrating on WebGPU${missingSoftwareWebgpu}`, () => {
  test('measures every operator with its operands on the device', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD], {
      env: { ...process.env, ...SOFTWARE_WEBGPU },
    });
    const { convolution, training, product, tiles } = JSON.parse(stdout) as MachineCosts;
    expect(convolution.block).toBe(4);
    expect(convolution.multiplyAdd).toBeGreaterThan(0);
    expect(Object.keys(training)).toEqual(['forward', 'input', 'weight']);
    expect(product.multiplyAdd + product.byte).toBeGreaterThan(0);
    expect(Object.keys(tiles)).toEqual(['2', '4', '6']);
    const times = [...Object.values(training), ...Object.values(tiles).flatMap((tile) => Object.values(tile))];
    for (const time of times) expect(time).toBeGreaterThan(0);
  }, 600_000);
});
