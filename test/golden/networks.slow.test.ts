/** Whole networks against PyTorch's logits, on the native engine and on WASM, rewritten and plain, through the same core. */
import { beforeAll, describe, test } from 'vitest';
import { OPTIMIZATIONS } from '../../src/graph/rewrite/optimize/inference.ts';
import { nodeBackend, wasmBackend } from '../../src/platform/node/backend.ts';
import type { Backend } from '../../src/runtime/backend.ts';
import { expectLogits } from './expect-logits.ts';

type Engine = 'native' | 'wasm';

const NETWORKS: readonly {
  readonly name: string;
  readonly architecture: string;
  readonly engines: readonly Engine[];
}[] = [
  { name: 'refinenet101', architecture: 'refinenet-resnet101', engines: ['native'] },
  { name: 'lightweight50', architecture: 'refinenet-lw-resnet50', engines: ['native', 'wasm'] },
  { name: 'lightweight101', architecture: 'refinenet-lw-resnet101', engines: ['native', 'wasm'] },
  { name: 'lightweight152', architecture: 'refinenet-lw-resnet152', engines: ['native', 'wasm'] },
  { name: 'lightweight_mobilenetv2', architecture: 'refinenet-lw-mobilenetv2', engines: ['wasm'] },
];

const backends = {} as Record<Engine, Backend>;
beforeAll(async () => {
  backends.native = await nodeBackend();
  backends.wasm = await wasmBackend();
});

describe.each(NETWORKS)('$name', ({ engines, ...network }) => {
  const ways = engines.flatMap((engine) => OPTIMIZATIONS.map((optimization) => ({ engine, optimization })));

  test.each(ways)(
    'gives the logits of PyTorch at both sizes from one model, on the $engine engine, optimization: $optimization',
    async ({ engine, optimization }) => {
      await expectLogits(network, backends[engine], optimization);
    },
  );
});
