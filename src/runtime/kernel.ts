/**
 * Loops in WebAssembly over arrays of float32, for what must not pass through an engine: its results are copied out of it, so
 * tensors that a step only changes are dearer to hand to it than to change in place.
 */

/** A compiled loop over blocks of arrays. */
export interface Kernel {
  /** A module that exports its `memory`, where block i belongs to array i, and `run(bytes, ...scalars)`, which may give a sum. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The names of the arrays that it takes, in the order of their blocks. */
  readonly arrays: readonly string[];
  /** Those that it changes. */
  readonly changed: readonly string[];
  /** The names of the single numbers that it takes, in their order. */
  readonly scalars: readonly string[];
}

/** Float32 numbers of a block: the blocks of a loop fit a core's cache together. */
export const KERNEL_BLOCK = 8192;

/** Bytes of a block. */
export const KERNEL_BLOCK_BYTES = KERNEL_BLOCK * Float32Array.BYTES_PER_ELEMENT;

/** Numbers that a loop takes at a time. */
const VECTOR = 4;

export type Arrays = Readonly<Record<string, Float32Array>>;

export type Scalars = Readonly<Record<string, number>>;

/** A kernel in memory of its own. */
export class LoadedKernel {
  readonly #kernel: Kernel;
  readonly #blocks: readonly Float32Array[];
  readonly #run: (bytes: number, ...scalars: number[]) => number | undefined;

  private constructor(kernel: Kernel, exported: KernelExports) {
    this.#kernel = kernel;
    this.#run = exported.run;
    this.#blocks = kernel.arrays.map(
      (_, index) => new Float32Array(exported.memory.buffer, index * KERNEL_BLOCK_BYTES, KERNEL_BLOCK),
    );
  }

  static async load(kernel: Kernel): Promise<LoadedKernel> {
    const { instance } = await WebAssembly.instantiate(kernel.bytes);
    return new LoadedKernel(kernel, instance.exports as unknown as KernelExports);
  }

  /**
   * Runs the loop over arrays of one length, of which it changes some.
   * @returns the sum; 0 if the kernel has none.
   */
  run(arrays: Arrays, scalars: Scalars = {}): number {
    const { arrays: names, changed, scalars: scalarNames } = this.#kernel;
    const taken = names.map((name) => arrays[name] as Float32Array);
    const numbers = scalarNames.map((name) => scalars[name] as number);
    const written = names.flatMap((name, index) => (changed.includes(name) ? [index] : []));
    const length = taken[0]?.length ?? 0;
    let sum = 0;
    for (let start = 0; start < length; start += KERNEL_BLOCK) {
      const count = Math.min(KERNEL_BLOCK, length - start);
      taken.forEach((array, index) => {
        const block = this.#blocks[index] as Float32Array;
        block.set(array.subarray(start, start + count));
        // The last vector is computed whole.
        block.fill(0, count, count + VECTOR - 1);
      });
      const vectors = Math.ceil(count / VECTOR);
      sum += this.#run(vectors * VECTOR * Float32Array.BYTES_PER_ELEMENT, ...numbers) ?? 0;
      for (const index of written) {
        (taken[index] as Float32Array).set((this.#blocks[index] as Float32Array).subarray(0, count), start);
      }
    }
    return sum;
  }
}

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: (bytes: number, ...scalars: number[]) => number | undefined;
}
