import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RuntimeError } from '../errors.ts';
import type { Backend, Session } from '../runtime/backend.ts';
import { measureCosts } from './measure-costs.ts';

let clock = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** An engine whose runs put the clock forward by so many milliseconds, told the number of the run. */
function engineOf(milliseconds: (run: number) => number): Backend & { readonly opened: Set<Session> } {
  const opened = new Set<Session>();
  const createSession = async (): Promise<Session> => {
    let runs = 0;
    const session: Session = {
      device: 'cpu',
      provider: 'CPUExecutionProvider',
      inputNames: [],
      outputNames: [],
      async run() {
        clock += milliseconds(runs++);
        return {};
      },
      async dispose() {
        opened.delete(session);
      },
    };
    opened.add(session);
    return session;
  };
  return { name: 'clockwork', devices: ['cpu'], memoryMapping: false, blockedLayout: false, createSession, opened };
}

describe('calibrating', () => {
  test('takes the fastest of each measurement, and tells how far it is', async () => {
    const told: number[][] = [];
    const costs = await measureCosts(
      engineOf((run) => (run % 8 === 5 ? 2 : 3.5)),
      { onProgress: (done, total) => told.push([done, total]) },
    );
    const perMultiplyAdd = 2e6 / (9 * 256 ** 2 * 64 ** 2);
    expect(costs.convolution.multiplyAdd / perMultiplyAdd).toBeCloseTo(1, 9);
    expect(told).toEqual(Array.from({ length: 15 }, (_, done) => [done, 15]));
  });

  test('repeats a measurement that something else disturbed', async () => {
    const engine = engineOf((run) => (run < 8 && run !== 3 ? 6 : 1));
    await expect(measureCosts(engine)).resolves.toBeDefined();
    expect(engine.opened.size).toBe(0);
  });

  test('fails on a busy machine, as wrong costs would be kept', async () => {
    const engine = engineOf((run) => (run % 8 === 0 ? 1 : 5));
    const calibrating = measureCosts(engine);
    await expect(calibrating).rejects.toThrow(RuntimeError);
    await expect(calibrating).rejects.toThrow(
      'This machine is busy: half of 8 equal runs took more than 2 times as long as the fastest. Pause what else runs here and calibrate again; nothing was kept.',
    );
    expect(engine.opened.size).toBe(0);
  });
});
