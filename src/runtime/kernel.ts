/**
 * Loops in WebAssembly over arrays of float32, for what must not pass through an engine: its results are copied out of it, so
 * tensors that a step only changes are dearer to hand to it than to change in place.
 */
import { KERNEL_BLOCK, type KernelMemory } from './kernel-memory.ts';

/** A compiled loop over arrays of one length. */
export interface Kernel {
  /**
   * A module that imports `host.memory` and exports `run(bytes, ...addresses, ...scalars)`, which may give a sum; bytes are those of
   * whole vectors, and each array has an address.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The names of the arrays that it takes, in the order of their addresses. */
  readonly arrays: readonly string[];
  /** Those that it changes. */
  readonly changed: readonly string[];
  /** The names of the single numbers that it takes, in their order. */
  readonly scalars: readonly string[];
}

/** Numbers that a loop takes at a time. */
const VECTOR = 4;

export type Arrays = Readonly<Record<string, Float32Array>>;

export type Scalars = Readonly<Record<string, number>>;

/** A kernel bound to the memory that it computes in. */
export class LoadedKernel {
  readonly #kernel: Kernel;
  readonly #memory: KernelMemory;
  readonly #run: (bytes: number, ...numbers: number[]) => number | undefined;

  private constructor(kernel: Kernel, memory: KernelMemory, { run }: KernelExports) {
    this.#kernel = kernel;
    this.#memory = memory;
    this.#run = run;
  }

  static async load(kernel: Kernel, memory: KernelMemory): Promise<LoadedKernel> {
    const { instance } = await WebAssembly.instantiate(kernel.bytes, { host: { memory: memory.memory } });
    return new LoadedKernel(kernel, memory, instance.exports as unknown as KernelExports);
  }

  /**
   * Runs the loop over arrays of one length, of which it changes some. Those in its memory stay in place; others pass through it
   * block by block.
   * @returns the sum; 0 if the kernel has none.
   */
  run(arrays: Arrays, scalars: Scalars = {}): number {
    const { arrays: names, changed, scalars: scalarNames } = this.#kernel;
    const taken = names.map((name, index) => {
      const array = arrays[name] as Float32Array;
      const block = this.#memory.blocks[index] as Float32Array;
      return { array, block, lives: this.#memory.holds(array), changes: changed.includes(name) };
    });
    const numbers = scalarNames.map((name) => scalars[name] as number);
    const length = taken[0]?.array.length ?? 0;
    let sum = 0;
    for (let start = 0; start < length; start += KERNEL_BLOCK) {
      const count = Math.min(KERNEL_BLOCK, length - start);
      const vectors = Math.ceil(count / VECTOR);
      // The last vector is computed whole: what lies beyond an array's end in its memory is not its own.
      const isWhole = count === vectors * VECTOR;
      const addresses = taken.map(({ array, block, lives }) => {
        if (lives && isWhole) return array.byteOffset + start * array.BYTES_PER_ELEMENT;
        block.set(array.subarray(start, start + count));
        block.fill(0, count, vectors * VECTOR);
        return block.byteOffset;
      });
      sum += this.#run(vectors * VECTOR * Float32Array.BYTES_PER_ELEMENT, ...addresses, ...numbers) ?? 0;
      for (const { array, block, lives, changes } of taken) {
        if (changes && !(lives && isWhole)) array.set(block.subarray(0, count), start);
      }
    }
    return sum;
  }
}

interface KernelExports {
  readonly run: (bytes: number, ...numbers: number[]) => number | undefined;
}
