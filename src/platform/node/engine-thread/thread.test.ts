/** The thread runs built code, so this tests the build. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend, Session } from '../../../runtime/backend.ts';
import { float32, type Tensor } from '../../../tensor/tensor.ts';
import { add, mul } from '../../../graph/ops/elementwise.ts';
import { toOnnx } from '../../../graph/to-onnx.ts';
import { input, parameter } from '../../../graph/value.ts';
import { encodeModel } from '../../../onnx/encode.ts';
import { nodeBackend } from '../backend.ts';

const BUILT = new URL('../../../../dist/platform/node/engine-thread/thread.js', import.meta.url).href;

const [x, y] = [input('x', 'float32', ['n', 3]), input('y', 'float32', ['n', 3])];
const factor = parameter('factor', [1, 3], { kind: 'constant', value: 1 });
const weights = new Map([['factor', float32([1, 3], [2, 3, 4])]]);
const bytes = encodeModel(toOnnx({ sum: add(x, y), scaled: mul(x, factor) }, weights, { storage: 'external' }));

let backend: Backend;
let session: Session;
beforeAll(async () => {
  const { threadedBackend } = (await import(BUILT)) as typeof import('./thread.ts');
  backend = await threadedBackend();
  session = await backend.createSession({ bytes, weights });
});
afterAll(() => session.dispose());

const feeds = { x: float32([1, 3], [1, 2, 3]), y: float32([1, 3], [10, 20, 30]) };
const numbers = (value: Tensor | undefined) => [...(value as Tensor<'float32'>).data];

describe('an engine in a thread', () => {
  test('tells what it is, and what its sessions are', async () => {
    expect(backend.name).toMatch(/^onnxruntime-node \d/);
    const { createSession, createDeviceSession, keepsOutputsOn, ...own } = await nodeBackend();
    expect(backend).toMatchObject(own);
    // What lies on a device does not pass between threads.
    expect([createDeviceSession, keepsOutputsOn]).toEqual([expect.any(Function), ['webgpu']]);
    expect([backend.createDeviceSession, backend.keepsOutputsOn]).toEqual([undefined, undefined]);
    expect([backend.memoryMapping, backend.devices.includes('cpu')]).toEqual([true, true]);
    expect([session.provider, session.device]).toEqual(['CPUExecutionProvider', 'cpu']);
    expect([session.inputNames, session.outputNames]).toEqual([
      ['x', 'y'],
      ['sum', 'scaled'],
    ]);
  });

  test('runs graphs with weights from memory, all outputs or some', async () => {
    const all = await session.run(feeds);
    expect([numbers(all.sum), numbers(all.scaled)]).toEqual([
      [11, 22, 33],
      [2, 6, 12],
    ]);
    expect(Object.keys(await session.run(feeds, ['scaled']))).toEqual(['scaled']);
  });

  test('takes a view of a larger memory, and leaves the caller its own', async () => {
    const memory = new Float32Array(1000).fill(7).fill(1, 10, 13);
    const { sum } = await session.run({ ...feeds, x: float32([1, 3], memory.subarray(10, 13)) });
    expect(numbers(sum)).toEqual([11, 21, 31]);
    expect([memory[10], memory.length]).toEqual([1, 1000]);
  });

  test('answers overlapping runs each with its own', async () => {
    const runs = [1, 2, 3, 4, 5].map((n) => session.run({ ...feeds, x: float32([1, 3], [n, n, n]) }, ['sum']));
    expect((await Promise.all(runs)).map(({ sum }) => numbers(sum)[0])).toEqual([11, 12, 13, 14, 15]);
  });

  test('passes on what the engine says', async () => {
    await expect(session.run({ x: feeds.x })).rejects.toThrow('The run lacks the input y.');
    await expect(backend.createSession({ bytes: bytes.slice(0, 9), weights })).rejects.toMatchObject({
      name: 'RuntimeError',
      message: expect.stringContaining('could not load the model on cpu'),
    });
    await expect(backend.createSession({ bytes, weights }, { device: 'coreml' })).rejects.toThrow(
      'The device "coreml" is not available',
    );
  });

  test('is sent nothing that its options carry beside those of a session', async () => {
    const options = { device: 'cpu', protocol: { inputSizes: () => [] }, onProgress: () => {} } as const;
    const created = await backend.createSession({ bytes, weights }, options);
    expect(numbers((await created.run(feeds)).sum)).toEqual([11, 22, 33]);
    await created.dispose();
  });

  test('refuses what cannot be sent, and goes on', async () => {
    const unfit = { ...feeds.x, toString: () => 'x' };
    await expect(session.run({ ...feeds, x: unfit })).rejects.toThrow('could not be cloned');
    expect(numbers((await session.run(feeds)).sum)).toEqual([11, 22, 33]);
  });

  test('lets the process end by itself after a request that could not be sent, and one that failed', async () => {
    const script = `
      const { threadedBackend } = await import(${JSON.stringify(BUILT)});
      const backend = await threadedBackend();
      const messages = [];
      const keep = ({ message }) => messages.push(message);
      await backend.createSession({ bytes: new Uint8Array(3), weights: new Map([['w', { stored: {}, f() {} }]]) }).catch(keep);
      await backend.createSession({ bytes: new Uint8Array(3), weights: new Map() }).catch(keep);
      console.log(JSON.stringify(messages));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 30_000,
    });
    expect(JSON.parse(stdout)).toEqual([
      expect.stringContaining('could not be cloned'),
      expect.stringContaining('could not load the model on cpu'),
    ]);
  });

  test('may be disposed twice, and says so when it is used after', async () => {
    const short = await backend.createSession({ bytes, weights });
    await short.dispose();
    await short.dispose();
    await expect(short.run(feeds)).rejects.toThrow('The session was disposed.');
  });

  test('leaves this thread free while it computes', async () => {
    const large = {
      x: float32([400_000, 3], new Float32Array(1_200_000)),
      y: float32([400_000, 3], new Float32Array(1_200_000)),
    };
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await session.run(large);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});
