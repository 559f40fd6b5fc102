/**
 * Checks the gradient rules on the WebGPU provider, in a process of its own because the driver is chosen when the engine is
 * loaded. Prints one line of JSON a case: its title, the operators that the provider left to the CPU, the largest error and
 * the problems found.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { messageOf } from '../../src/errors.ts';
import { DEVICE_RULES } from '../../src/graph/gradient/on-device/index.ts';
import { optimizeDeviceTraining } from '../../src/graph/rewrite/optimize/device-training.ts';
import { toOnnx } from '../../src/graph/to-onnx.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import type { NamedTensors } from '../../src/runtime/backend.ts';
import { type DataType, tensor, type Tensor, type TensorData } from '../../src/tensor/tensor.ts';
import { CASES } from './cases.ts';
import { checkGradient, type Compile } from './check.ts';

/** Compiles for WebGPU and notes which operators run elsewhere, as the engine's own profile says. */
function compileNoting(elsewhere: Set<string>): Compile {
  return async (outputs) => {
    const folder = mkdtempSync(join(tmpdir(), 'refinenet-gradient-'));
    const bytes = encodeModel(toOnnx(optimizeDeviceTraining(outputs), new Map(), { storage: 'inline' }));
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [{ name: 'webgpu', preferredLayout: 'NCHW' }],
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
      logSeverityLevel: 4,
    });
    return {
      async run(feeds) {
        const given = Object.entries(feeds).map(([name, { dtype, data, shape }]): [string, ort.Tensor] => [
          name,
          new ort.Tensor(dtype as 'float32', data as Float32Array, shape),
        ]);
        const results = await session.run(Object.fromEntries(given));
        return Object.fromEntries(
          Object.entries(results).map(([name, value]): [string, Tensor] => [
            name,
            tensor(value.type as DataType, value.dims, value.data as TensorData[DataType]),
          ]),
        ) satisfies NamedTensors;
      },
      async dispose() {
        session.endProfiling();
        await session.release();
        for (const file of readdirSync(folder)) {
          const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
            args?: { op_name?: string; provider?: string };
          }[];
          for (const { args } of events) {
            if (args?.op_name && args.provider && !args.provider.startsWith('WebGpu')) elsewhere.add(args.op_name);
          }
        }
        rmSync(folder, { recursive: true, force: true });
      },
    };
  };
}

for (const row of CASES) {
  const elsewhere = new Set<string>();
  const { worst, problems } = await checkGradient(row, compileNoting(elsewhere), DEVICE_RULES).catch(
    (error: unknown) => ({
      worst: Number.NaN,
      problems: [messageOf(error)],
    }),
  );
  process.stdout.write(`${JSON.stringify({ title: row.title, elsewhere: [...elsewhere], worst, problems })}\n`);
}
