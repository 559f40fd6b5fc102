import { expect, test } from 'vitest';
import { GatheredChunks } from './gathered-chunks.ts';

test('chunks of all sizes come out in order, in parts that are not many', () => {
  const lengths = Array.from({ length: 2000 }, (_, at) => (at % 97 === 0 ? 20_000 : at % 131));
  const chunks = lengths.map((length, at) => Buffer.alloc(length, at % 251));
  const gathered = new GatheredChunks();
  for (const chunk of chunks) gathered.add(chunk);
  const parts = gathered.parts();
  expect(Buffer.concat(parts).equals(Buffer.concat(chunks))).toBe(true);
  expect(parts.length).toBeLessThan(70);
});

test('nothing is no part', () => {
  const gathered = new GatheredChunks();
  gathered.add(Buffer.alloc(0));
  expect(gathered.parts()).toEqual([]);
});
