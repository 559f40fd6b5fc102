import { expect, test } from 'vitest';
import type { OnnxRuntimeModule } from '../../runtime/onnxruntime/backend.ts';
import { webBackend } from './backend.ts';

/** An engine that notes when it is entered and left. */
function notingEngine(): { readonly engine: OnnxRuntimeModule; readonly log: string[] } {
  const log: string[] = [];
  const noted = async <T>(name: string, result: T): Promise<T> => {
    log.push(name);
    await new Promise((resolve) => setTimeout(resolve, 5));
    log.push(`${name} ends`);
    return result;
  };
  const session = {
    inputNames: [],
    outputNames: [],
    run: () => noted('run', {}),
    release: () => noted('release', undefined),
  };
  const engine = { InferenceSession: { create: () => noted('create', session) }, Tensor: class {} };
  return { engine: engine as unknown as OnnxRuntimeModule, log };
}

test('sessions of an engine are made, run and released one after the other, whichever of its backends asks', async () => {
  const { engine, log } = notingEngine();
  const model = { bytes: new Uint8Array(), weights: new Map() };
  const [one, other] = await Promise.all(
    [webBackend(engine), webBackend({ ...engine })].map((each) => each.createSession(model)),
  );
  await Promise.all([one?.run({}), other?.run({}), one?.run({}), other?.dispose()]);
  await one?.dispose();
  const entered = log.filter((_, index) => index % 2 === 0);
  expect(entered).toEqual(['create', 'create', 'run', 'run', 'run', 'release', 'release']);
  expect(log.filter((_, index) => index % 2 === 1)).toEqual(entered.map((name) => `${name} ends`));
});
