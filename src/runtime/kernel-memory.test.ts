import { expect, test } from 'vitest';
import { KernelMemory } from './kernel-memory.ts';

test('arrays lie beside each other in one memory, zeros at first, at whole vectors', () => {
  const lengths = [5, 1, 0, 4096, 7];
  const memory = KernelMemory.for(lengths);
  const arrays = lengths.map((length) => memory.allocate(length));
  for (const [index, array] of arrays.entries()) {
    expect(memory.holds(array)).toBe(true);
    expect(array.byteOffset % 16).toBe(0);
    expect([array.length, array.every((number) => number === 0)]).toEqual([lengths[index], true]);
    array.fill(index + 1);
  }
  for (const block of memory.blocks) block.fill(-1);
  for (const [index, array] of arrays.entries()) expect(array.every((number) => number === index + 1)).toBe(true);
});

test('an array for which no room is left lives elsewhere', () => {
  const memory = KernelMemory.for([8]);
  expect(memory.holds(memory.allocate(9))).toBe(false);
  expect(memory.holds(memory.allocate(8))).toBe(true);
  expect(memory.holds(memory.allocate(1))).toBe(false);
});

test('more than WebAssembly can address lives elsewhere, all of it', () => {
  const memory = KernelMemory.for([2 ** 30, 4]);
  expect(memory.blocks[0]?.length).toBeGreaterThan(0);
  const array = memory.allocate(4);
  expect([memory.holds(array), array.length]).toEqual([false, 4]);
});
