/** Whole networks against PyTorch's logits, on the native engine and on WASM, rewritten and plain, through the same core. */
import { beforeAll, describe, expect, test } from 'vitest';
import { OPTIMIZATIONS } from '../../src/graph/rewrite/optimize.ts';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { networkSession } from '../../src/inference/network-session.ts';
import { importModel } from '../../src/models/import-model.ts';
import { network } from '../../src/models/network.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../../src/models/pixel-values.ts';
import { nodeBackend, wasmBackend } from '../../src/platform/node/backend.ts';
import type { Backend } from '../../src/runtime/backend.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { fillTensor, fillWeights } from './formula.ts';
import { goldenFile, stateDictNames } from './golden-file.ts';

/** Norm of the difference over norm of the reference: float32 sums differ in their last digits between engines. */
const TOLERANCE = 1e-4;

const SIZES = ['64x96', '97x131'] as const;

const NETWORKS = [
  { name: 'refinenet101', architecture: 'refinenet-resnet101', wasm: false },
  { name: 'lightweight50', architecture: 'refinenet-lw-resnet50', wasm: true },
  { name: 'lightweight101', architecture: 'refinenet-lw-resnet101', wasm: true },
  { name: 'lightweight152', architecture: 'refinenet-lw-resnet152', wasm: true },
  { name: 'lightweight_mobilenetv2', architecture: 'refinenet-lw-mobilenetv2', wasm: true },
] as const;

const backends = {} as { native: Backend; wasm: Backend };
beforeAll(async () => {
  backends.native = await nodeBackend();
  backends.wasm = await wasmBackend();
});

describe.each(NETWORKS)('$name', ({ name, architecture, wasm }) => {
  const load = () =>
    importModel(fillWeights(Object.entries(stateDictNames()[name] ?? {})), {
      subject: name,
      reinitialise: 'none',
      seed: 0,
    });

  const engines = (['native', 'wasm'] as const).filter((engine) => engine === 'native' || wasm);
  const ways = engines.flatMap((engine) => OPTIMIZATIONS.map((optimization) => ({ engine, optimization })));

  test.each(ways)(
    'gives the logits of PyTorch at both sizes from one model, on the $engine engine, optimization: $optimization',
    async ({ engine, optimization }) => {
      const { definition, weights, architecture: recognised } = load();
      expect(recognised).toBe(architecture);
      const graph = { [LOGITS]: network(definition, pixelValues({ batch: 1 })) };
      const session = await networkSession(graph, { weights }, backends[engine], { optimization });
      try {
        for (const size of SIZES) {
          const golden = goldenFile(`${name}-${size}`);
          const shape = JSON.parse(golden.metadata.get('input_shape') as string) as number[];
          const pixels = fillTensor(golden.metadata.get('input') as string, shape);
          const { [LOGITS]: logits } = await session.run({ [PIXEL_VALUES]: pixels });
          const expected = golden.get('logits');
          expect(logits?.shape).toEqual(expected.shape);
          const difference = relativeDifference((logits as Tensor<'float32'>).data, expected.data);
          expect(difference, `${name} at ${size} on ${engine} for ${optimization}`).toBeLessThan(TOLERANCE);
        }
      } finally {
        await session.dispose();
      }
    },
  );
});
