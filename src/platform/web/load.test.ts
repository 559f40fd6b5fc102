import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadModel } from './load.ts';
import type { WebInspection } from './web-inspection.ts';
import type { ToWorker } from './worker/messages.ts';

/** A worker that answers some calls, and is silent at others. */
class SilentWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  isEnded = false;
  readonly sent: ToWorker[] = [];
  readonly #answers: Readonly<Record<string, unknown>>;

  constructor(answers: Readonly<Record<string, unknown>>) {
    this.#answers = answers;
    queueMicrotask(() => this.onmessage?.({ data: { event: 'ready' } }));
  }

  postMessage(message: ToWorker): void {
    const { id, call } = message;
    this.sent.push(message);
    if (call in this.#answers) queueMicrotask(() => this.onmessage?.({ data: { id, result: this.#answers[call] } }));
  }

  /** Answers a call that was sent: it failed. */
  fail(call: string): void {
    const { id } = this.sent.find((each) => each.call === call) as ToWorker;
    this.onmessage?.({ data: { id, failure: { name: 'FormatError', message: call } } });
  }

  terminate(): void {
    this.isEnded = true;
  }
}

const PIXELS = { width: 2, height: 2, data: new Uint8Array(12) };
const LOADED = { description: { classes: [] }, provider: 'wasm', views: [] };
const INSPECTED = { id: 1, image: PIXELS, size: PIXELS, labels: { ...PIXELS, data: new Uint8Array(4) }, stations: [] };
const LATE = 'took longer than 300 seconds, and the model was ended. Load it again, and give smaller images.';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { href: 'http://localhost/' });
  vi.spyOn(console, 'info').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function loaded(answers: Readonly<Record<string, unknown>>) {
  let worker = {} as SilentWorker;
  const start = () => {
    worker = new SilentWorker({ load: LOADED, ...answers });
    return worker as unknown as Worker;
  };
  const model = await loadModel('/model/', { device: 'wasm', threads: 1, worker: start });
  return { worker, model };
}

/** What becomes of work within five minutes. */
async function after(work: Promise<unknown>): Promise<unknown> {
  let told: unknown = 'waits';
  work.then(
    (result) => (told = result),
    (error: unknown) => (told = (error as Error).message),
  );
  await vi.advanceTimersByTimeAsync(300_001);
  return told;
}

test('looking into an image has a limit, after which the model is ended', async () => {
  const { worker, model } = await loaded({ prepare: null });
  expect(await after(model.inspect(PIXELS))).toBe(`The image ${LATE}`);
  expect(worker.isEnded).toBe(true);
  await expect(model.segment(PIXELS)).rejects.toThrow(LATE);
});

test.each<[string, (inspection: WebInspection) => Promise<unknown>]>([
  ['the features at a station', (inspection) => inspection.tensor('a')],
  ['the classes at a station', (inspection) => inspection.classes('a')],
])('%s have a limit, after which the model is ended', async (_, look) => {
  const { worker, model } = await loaded({ prepare: null, inspect: INSPECTED });
  const inspection = await model.inspect(PIXELS);
  expect(await after(look(inspection))).toBe(`The image ${LATE}`);
  expect(worker.isEnded).toBe(true);
});

test('an image that is looked into in time ends no model later', async () => {
  const { worker, model } = await loaded({ prepare: null, inspect: INSPECTED, stationTensor: { dtype: 'float32' } });
  const inspection = await model.inspect(PIXELS);
  expect(await after(inspection.tensor('a'))).toEqual({ dtype: 'float32' });
  expect(worker.isEnded).toBe(false);
});

test('the model is read for what is looked into as long as its files come', async () => {
  const { worker, model } = await loaded({});
  expect(await after(model.inspect(PIXELS))).toBe('waits');
  expect(worker.isEnded).toBe(false);
});

test('an image whose inspection is aborted while the model is read is not sent', async () => {
  const { worker, model } = await loaded({});
  const control = new AbortController();
  const looked = model.inspect(PIXELS, { signal: control.signal });
  await vi.advanceTimersByTimeAsync(0);
  control.abort(new Error('enough'));
  await expect(looked).rejects.toThrow('enough');
  expect(worker.sent.map(({ call }) => call)).toEqual(['load', 'prepare', 'cancel']);
});

test('a look at a station has its time once the image before it is done', async () => {
  const { worker, model } = await loaded({ prepare: null, inspect: INSPECTED });
  const inspection = await model.inspect(PIXELS);
  const segmented = model.segment(PIXELS, { limit: 3_600_000 });
  await vi.advanceTimersByTimeAsync(0);
  const looked = inspection.tensor('a');
  expect([await after(looked), worker.isEnded]).toEqual(['waits', false]);
  worker.fail('segment');
  await expect(segmented).rejects.toThrow('segment');
  expect([await after(looked), worker.isEnded]).toEqual([`The image ${LATE}`, true]);
});

test('an inspection is disposed of after what was asked of it, and without a limit', async () => {
  const { worker, model } = await loaded({ prepare: null, inspect: INSPECTED });
  const inspection = await model.inspect(PIXELS);
  const segmented = model.segment(PIXELS, { limit: 3_600_000 });
  await vi.advanceTimersByTimeAsync(0);
  const looked = inspection.tensor('a');
  const disposed = inspection.dispose();
  expect(await after(disposed)).toBe('waits');
  expect(worker.isEnded).toBe(false);
  worker.fail('segment');
  await expect(segmented).rejects.toThrow('segment');
  await vi.advanceTimersByTimeAsync(0);
  worker.fail('stationTensor');
  await expect(looked).rejects.toThrow('stationTensor');
  expect(await after(disposed)).toBe('waits');
  expect(worker.isEnded).toBe(false);
});
