/** Graphs of a few operators that say something about a device. */
import { toOnnx } from '../graph/to-onnx.ts';
import type { Value } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, NamedTensors, Session, SessionOptions } from '../runtime/backend.ts';

/** A session of a graph whose weights are constants within it. @throws RuntimeError if the device is not there. */
export function smallSession(
  outputs: Readonly<Record<string, Value>>,
  backend: Backend,
  options: SessionOptions,
): Promise<Session> {
  const bytes = encodeModel(toOnnx(outputs, new Map(), { storage: 'inline' }));
  return backend.createSession({ bytes, weights: new Map() }, options);
}

/** Milliseconds of the fastest of several runs; the session is disposed of. */
export async function fastestRun(
  session: Session,
  feeds: NamedTensors,
  { warmup, repeats }: { readonly warmup: number; readonly repeats: number },
): Promise<number> {
  try {
    let fastest = Number.POSITIVE_INFINITY;
    for (let run = 0; run < warmup + repeats; run++) {
      const began = performance.now();
      await session.run(feeds);
      if (run >= warmup) fastest = Math.min(fastest, performance.now() - began);
    }
    return fastest;
  } finally {
    await session.dispose();
  }
}
