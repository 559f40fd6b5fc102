/** benchmark with everything that it can measure. */
import { expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { temporaryFolder, writeSyntheticModel } from '../../../../test/support/synthetic-model.ts';
import { architecture } from '../../../models/architectures.ts';
import { summarize } from '../../../models/summary.ts';
import { main } from '../../main.ts';

const NETWORK = 'refinenet-lw-mobilenetv2';
const QUICK = ['--size', '64', '--warmup', '0', '--repeats', '2'];

const terminal = captureOutput();

test('measures every size and batch of an architecture', async () => {
  const sizes = ['--size', '64,96x32', '--batch', '1,2', '--warmup', '0', '--repeats', '3'];
  expect(await main(['benchmark', NETWORK, ...sizes, '--classes', '5', '--json'])).toBe(0);
  const { results, classes, engines } = JSON.parse(terminal.printed);
  expect(classes).toBe(5);
  expect(results.map((row: Record<string, number>) => [row.width, row.height, row.batch])).toEqual([
    [64, 64, 1],
    [64, 64, 2],
    [96, 32, 1],
    [96, 32, 2],
  ]);
  const { multiplyAdds } = summarize(architecture(NETWORK, 5), { width: 64, height: 64 });
  for (const row of results.slice(0, 2)) {
    expect(row.latency.fastest).toBeGreaterThan(0);
    expect(row.latency.p95).toBeGreaterThanOrEqual(row.latency.p50);
    expect(row.imagesPerSecond).toBeCloseTo((1000 * row.batch) / row.latency.p50, 6);
    expect(row.gflops).toBeCloseTo((2 * multiplyAdds * row.batch) / row.latency.p50 / 1e6, 6);
    expect(row.peakShare).toBeCloseTo(row.gflops / engines.cpu.peakGflops, 9);
    expect(row.memory.peak).toBeGreaterThan(row.memory.aboveStart);
  }
  expect(terminal.noted).toContain('cpu, 96x32, batch 2: 0 + 3 runs');
});

test('measures a model folder and says what it is', async () => {
  const model = await writeSyntheticModel(await temporaryFolder());
  expect(await main(['benchmark', model, ...QUICK, '--optimize', 'none', '--threads', '1'])).toBe(0);
  expect(terminal.printed).toContain(`${model}, ${NETWORK}, 11 classes`);
  expect(terminal.printed).toContain('optimized for none');
  expect(terminal.printed).toMatch(/^cpu +64x64 +1 /m);
});

test('measures a training step, whose work is three times that of inference', async () => {
  expect(await main(['benchmark', NETWORK, ...QUICK, '--batch', '2', '--train', '--json'])).toBe(0);
  const { task, results } = JSON.parse(terminal.printed);
  const { multiplyAdds } = summarize(architecture(NETWORK, 21), { width: 64, height: 64 });
  expect(task).toBe('training');
  expect(results[0].gflops).toBeCloseTo((3 * 2 * 2 * multiplyAdds) / results[0].latency.p50 / 1e6, 6);
});

test('shows operators by share with --profile', async () => {
  expect(await main(['benchmark', NETWORK, ...QUICK, '--profile', '--json'])).toBe(0);
  const { operators } = JSON.parse(terminal.printed).results[0];
  const convolutions = operators.find(({ operator }: { operator: string }) => operator === 'Conv');
  expect(convolutions.callsPerRun).toBeGreaterThan(50);
  const total = operators.reduce((sum: number, { share }: { share: number }) => sum + share, 0);
  expect(total).toBeCloseTo(1, 9);
});

test('a device that does not work is told, the others are measured, and the exit code is 1', async () => {
  expect(await main(['benchmark', NETWORK, ...QUICK, '--device', 'coreml,cpu'])).toBe(1);
  expect(terminal.printed).toMatch(/^cpu +64x64 +1 /m);
  expect(terminal.noted).toMatch(/Failed:.* coreml: The device "coreml" is not available/);
});
