/** Training with its state on a device: WebGPU with a driver in software. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { missingSoftwareWebgpu, SOFTWARE_WEBGPU } from '../../../../test/support/software-webgpu.ts';
import { CASES, type StepLine } from '../../../../test/support/device/step-cases.ts';

const CHILD = fileURLToPath(new URL('../../../../test/support/device/step-child.ts', import.meta.url));

/** More than the scalars of an update that go with it, and the reports that come back. */
const SCALARS = 256;

describe.skipIf(missingSoftwareWebgpu)(`a step on the device${missingSoftwareWebgpu}`, () => {
  const lines = new Map<string, StepLine>();
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD], {
      env: { ...process.env, ...SOFTWARE_WEBGPU },
      maxBuffer: 1 << 24,
    });
    for (const line of stdout.trim().split('\n')) {
      const found = JSON.parse(line) as StepLine;
      lines.set(found.title, found);
    }
  }, 900_000);

  describe.each(CASES)('$title', ({ title }) => {
    const line = (): StepLine => lines.get(title) as StepLine;

    test('reports and changes what the step beside the engine does', () => {
      const { results, expected, difference } = line();
      expect(results).toHaveLength(2);
      results.forEach(({ loss, gradientNorm, ...counts }, index) => {
        const { loss: expectedLoss, gradientNorm: norm, ...expectedCounts } = expected[index] as (typeof expected)[0];
        expect(loss / expectedLoss).toBeCloseTo(1, 6);
        // Summed in float32 there, in float64 here.
        expect(gradientNorm / norm).toBeCloseTo(1, 4);
        expect(counts).toEqual(expectedCounts);
      });
      // Float32 sums in another order: 1.06e-5 of a tensor's largest number after two updates with moving statistics.
      expect(difference).toBeLessThan(2e-5);
    });

    test('goes on from a saved state to the same bytes, and leaves the state it was given as it is', () => {
      expect(line()).toMatchObject({ isResumedSame: true, isGivenUntouched: true });
    });

    test('copies its batches and a few numbers, and nothing of the state', () => {
      const { batches, fed, read } = line();
      expect(fed).toBeGreaterThanOrEqual(batches);
      expect(fed).toBeLessThan(batches + SCALARS);
      expect(read).toBeLessThan(SCALARS);
    });

    test('refuses a loss that is no number, and keeps the state', () => {
      expect(line().refused).toMatch(
        /^The training step cannot go on: the (loss|norm of the gradients) is (NaN|Infinity)/,
      );
      expect(line().isStateKept).toBe(true);
    });
  });
});
