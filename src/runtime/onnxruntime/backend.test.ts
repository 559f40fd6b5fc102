import { beforeAll, describe, expect, test } from 'vitest';
import { RuntimeError } from '../../errors.ts';
import { add, mul } from '../../graph/ops/elementwise.ts';
import { toOnnx } from '../../graph/to-onnx.ts';
import { input } from '../../graph/value.ts';
import { encodeModel } from '../../onnx/encode.ts';
import { nodeBackend, wasmBackend } from '../../platform/node/backend.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import type { Backend, NamedTensors, Session, SessionOptions } from '../backend.ts';
import { type OnnxRuntimeModule, type OnnxRuntimeOptions, onnxRuntimeBackend } from './backend.ts';

const backends = {} as Record<'native' | 'wasm', Backend>;
beforeAll(async () => {
  backends.native = await nodeBackend();
  backends.wasm = await wasmBackend();
});

describe.each(['native', 'wasm'] as const)(
  'an input that gets the same tensor at every run, on the %s engine',
  (engine) => {
    const [x, y] = [input('x', 'float32', [2]), input('y', 'float32', [2])];
    const session = (fed: NamedTensors): Promise<Session> => {
      const bytes = encodeModel(toOnnx({ sum: add(x, y) }, new Map(), { storage: 'inline' }));
      return backends[engine].createSession({ bytes, weights: new Map(), fed });
    };
    const numbers = async (run: Promise<NamedTensors>): Promise<number[]> => [
      ...((await run).sum as Tensor<'float32'>).data,
    ];

    test('is not asked for, and is there each time', async () => {
      const loaded = await session({ y: float32([2], [10, 20]) });
      expect(loaded.inputNames).toEqual(['x']);
      expect(await numbers(loaded.run({ x: float32([2], [1, 2]) }))).toEqual([11, 22]);
      expect(await numbers(loaded.run({ x: float32([2], [3, 4]) }))).toEqual([13, 24]);
      await loaded.dispose();
    });

    test('is not changed by what a run is given under its name', async () => {
      const loaded = await session({ y: float32([2], [10, 20]) });
      const feeds = { x: float32([2], [1, 2]), y: float32([2], [7, 7]) };
      expect(await numbers(loaded.run(feeds))).toEqual([11, 22]);
      await loaded.dispose();
    });

    test('can be all that there is', async () => {
      const loaded = await session({ x: float32([2], [1, 2]), y: float32([2], [10, 20]) });
      expect(loaded.inputNames).toEqual([]);
      expect(await numbers(loaded.run({}))).toEqual([11, 22]);
      await loaded.dispose();
    });

    test('leaves the others to be asked for', async () => {
      const loaded = await session({ y: float32([2], [10, 20]) });
      await expect(loaded.run({})).rejects.toThrow(new RuntimeError('The run lacks the input x.'));
      await loaded.dispose();
    });
  },
);

test.each(['native', 'wasm'] as const)(
  'a graph gives the same numbers whatever the %s engine prepares it for',
  async (engine) => {
    const x = input('x', 'float32', [3]);
    const bytes = encodeModel(toOnnx({ y: add(mul(x, x), x) }, new Map(), { storage: 'inline' }));
    for (const preparation of ['runs', 'loading'] as const) {
      const loaded = await backends[engine].createSession({ bytes, weights: new Map() }, { preparation });
      const { y } = await loaded.run({ x: float32([3], [1, 2, -3]) });
      expect([...(y as Tensor<'float32'>).data]).toEqual([2, 6, 6]);
      await loaded.dispose();
    }
  },
);

/** What a backend with these options asks of its engine for each session. */
async function askedFor(
  options: Partial<OnnxRuntimeOptions>,
  sessions: readonly SessionOptions[],
): Promise<Record<string, unknown>[]> {
  const asked: Record<string, unknown>[] = [];
  const engine = {
    InferenceSession: {
      create: async (_: unknown, given: Record<string, unknown>) => {
        asked.push(given);
        return { inputNames: [], outputNames: [] };
      },
    },
  } as unknown as OnnxRuntimeModule;
  const backend = onnxRuntimeBackend(engine, {
    name: 'watched',
    devices: ['cpu'],
    memoryMapping: false,
    blockedLayout: false,
    defaultDevice: 'cpu',
    provider: async () => 'CPUExecutionProvider',
    ...options,
  });
  for (const each of sessions) await backend.createSession({ bytes: new Uint8Array(), weights: new Map() }, each);
  return asked;
}

test('asks the engine to rewrite a graph unless it is prepared for loading, and never to plan its memory', async () => {
  const sessions = [{}, { preparation: 'runs' }, { preparation: 'loading' }] as const;
  const asked = await askedFor({}, sessions);
  expect(
    asked.map(({ graphOptimizationLevel, enableMemPattern }) => [graphOptimizationLevel, enableMemPattern]),
  ).toEqual([
    ['all', false],
    ['all', false],
    ['disabled', false],
  ]);
});

test("gives a session the threads that it names, else the backend's, else leaves them to the engine", async () => {
  const named = await askedFor({ defaultThreads: 3 }, [{}, { threads: 2 }]);
  expect(named.map(({ intraOpNumThreads }) => intraOpNumThreads)).toEqual([3, 2]);
  const [left] = await askedFor({}, [{}]);
  expect(left).not.toHaveProperty('intraOpNumThreads');
});
