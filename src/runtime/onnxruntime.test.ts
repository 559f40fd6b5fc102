import { beforeAll, describe, expect, test } from 'vitest';
import { RuntimeError } from '../errors.ts';
import { add, mul } from '../graph/ops/elementwise.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { input } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode.ts';
import { nodeBackend, wasmBackend } from '../platform/node/backend.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import type { Backend, NamedTensors, Session } from './backend.ts';
import { type OnnxRuntimeModule, onnxRuntimeBackend } from './onnxruntime.ts';

const backends = {} as Record<'native' | 'wasm', Backend>;
beforeAll(async () => {
  backends.native = await nodeBackend();
  backends.wasm = await wasmBackend();
});

/** The native engine refuses by itself. */
const REFUSALS = {
  native: 'The model failed on cpu with x [2, 3], y [2, 3]: Invalid rank for output: sum Got: 1 Expected: 2',
  wasm: 'The model failed on wasm with x [2, 3], y [2, 3]: the output sum is float32 [2, 3] and cannot be written to float32 [6]',
} as const;

describe.each(['native', 'wasm'] as const)('a run into given tensors, on the %s engine', (engine) => {
  const run = async <T>(use: (session: Session) => Promise<T>): Promise<T> => {
    const [x, y] = [input('x', 'float32', [2, 3]), input('y', 'float32', [2, 3])];
    const model = toOnnx({ sum: add(x, y), product: mul(x, y) }, new Map(), { storage: 'inline' });
    const session = await backends[engine].createSession({ bytes: encodeModel(model), weights: new Map() });
    try {
      return await use(session);
    } finally {
      await session.dispose();
    }
  };
  const feeds = { x: float32([2, 3], [1, 2, 3, 4, 5, 6]), y: float32([2, 3], [10, 20, 30, 40, 50, 60]) };

  test('writes their memory and gives them back', async () => {
    // A view into the middle of a larger block: nothing around it may change.
    const memory = new Float32Array(10).fill(-1);
    const sum = float32([2, 3], memory.subarray(2, 8));
    const results = await run((session) => session.run(feeds, session.outputNames, { sum }));
    expect(results.sum).toBe(sum);
    expect([...memory]).toEqual([-1, -1, 11, 22, 33, 44, 55, 66, -1, -1]);
    expect([...(results.product as Tensor<'float32'>).data]).toEqual([10, 40, 90, 160, 250, 360]);
  });

  test('can go back and forth between two of them', async () => {
    const [a, b] = [float32([2, 3], feeds.x.data.slice()), float32([2, 3], new Float32Array(6))];
    await run(async (session) => {
      await session.run({ x: a, y: feeds.y }, ['sum'], { sum: b });
      await session.run({ x: b, y: feeds.y }, ['sum'], { sum: a });
    });
    expect([...a.data]).toEqual([21, 42, 63, 84, 105, 126]);
    expect([...b.data]).toEqual([11, 22, 33, 44, 55, 66]);
  });

  test('refuses a tensor of another shape', async () => {
    const sum = float32([6], new Float32Array(6));
    await expect(run((session) => session.run(feeds, ['sum'], { sum }))).rejects.toThrow(REFUSALS[engine]);
  });
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
  'a graph that the %s engine may not rewrite gives the same numbers',
  async (engine) => {
    const x = input('x', 'float32', [3]);
    const bytes = encodeModel(toOnnx({ y: add(mul(x, x), x) }, new Map(), { storage: 'inline' }));
    for (const rewritesGraph of [true, false]) {
      const loaded = await backends[engine].createSession({ bytes, weights: new Map() }, { rewritesGraph });
      const { y } = await loaded.run({ x: float32([3], [1, 2, -3]) });
      expect([...(y as Tensor<'float32'>).data]).toEqual([2, 6, 6]);
      await loaded.dispose();
    }
  },
);

test('asks the engine not to rewrite a graph only where it is told so', async () => {
  const levels: unknown[] = [];
  const engine = {
    InferenceSession: {
      create: async (_: unknown, { graphOptimizationLevel }: { graphOptimizationLevel: unknown }) => {
        levels.push(graphOptimizationLevel);
        return { inputNames: [], outputNames: [] };
      },
    },
  } as unknown as OnnxRuntimeModule;
  const backend = onnxRuntimeBackend(engine, {
    name: 'watched',
    devices: ['cpu'],
    mapsFiles: false,
    writesInto: false,
    defaultDevice: 'cpu',
    provider: async () => 'CPUExecutionProvider',
  });
  const model = { bytes: new Uint8Array(), weights: new Map() };
  await backend.createSession(model);
  await backend.createSession(model, { rewritesGraph: true });
  await backend.createSession(model, { rewritesGraph: false });
  expect(levels).toEqual(['all', 'all', 'disabled']);
});
