import { expect, test } from 'vitest';
import { runGraph } from '../../../../test/golden/run-graph.ts';
import { input } from '../../../graph/value.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import { randomStream } from '../../../tensor/random.ts';
import { float32 } from '../../../tensor/tensor.ts';
import { NAMES, REPORT } from '../graph.ts';
import { ROW, withNorm } from './norm.ts';

test('the norm is that of all numbers of all packs, and of nothing else', async () => {
  const packs = [1, 3].map((rows, index) => {
    const { normal } = randomStream(index, 'pack');
    return float32([rows * ROW], Float32Array.from({ length: rows * ROW }, normal));
  });
  const values = packs.map(({ shape }, index) => input(`given ${index}`, 'float32', shape));
  const outputs = Object.fromEntries(values.map((value, index) => [NAMES.gradient(`pack ${index}`), value]));
  const loss = input('loss', 'float32', [ROW]);
  const { [REPORT.gradientNorm]: norm } = withNorm({ ...outputs, [REPORT.loss]: loss });
  const feeds = Object.fromEntries(packs.map((pack, index) => [`given ${index}`, pack]));
  const { y } = await runGraph(await nodeBackend(), { y: norm as typeof loss }, new Map(), feeds);
  const expected = Math.sqrt(packs.flatMap(({ data }) => [...data]).reduce((sum, value) => sum + value ** 2, 0));
  expect(y?.shape).toEqual([]);
  expect(Number(y?.data[0]) / expected).toBeCloseTo(1, 6);
});
