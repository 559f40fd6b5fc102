/** The memory that kernels compute in: blocks for what lies elsewhere, and arrays that live there and are never copied. */

/** Float32 numbers of a block: the blocks of a loop fit a core's cache together. */
export const KERNEL_BLOCK = 8192;

/** The most arrays that a kernel takes, a block each. */
export const KERNEL_ARRAYS = 16;

const BLOCK_BYTES = KERNEL_BLOCK * Float32Array.BYTES_PER_ELEMENT;

/** Bytes of one page of WebAssembly's memory. */
const PAGE = 65536;

/** Arrays begin at whole vectors. */
const ALIGNMENT = 16;

export class KernelMemory {
  /** A WebAssembly.Memory, said without its name: that belongs to the DOM's types, which users in Node may not have. */
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly blocks: readonly Float32Array[];
  readonly #end: number;
  #free = KERNEL_ARRAYS * BLOCK_BYTES;

  private constructor(bytes: number) {
    this.#end = this.#free + bytes;
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(this.#end / PAGE) });
    this.blocks = Array.from(
      { length: KERNEL_ARRAYS },
      (_, index) => new Float32Array(this.memory.buffer, index * BLOCK_BYTES, KERNEL_BLOCK),
    );
  }

  /**
   * With room for arrays of these lengths, if this machine gives as much: 4 GiB are the most that WebAssembly can address. It is
   * given back when nothing refers to it any more.
   */
  static for(lengths: readonly number[]): KernelMemory {
    const bytes = lengths.reduce((total, length) => total + alignedBytes(length), 0);
    try {
      return new KernelMemory(bytes);
    } catch (error) {
      if (error instanceof RangeError) return new KernelMemory(0);
      throw error;
    }
  }

  /** An array of zeros in this memory, or elsewhere if it has no more room. */
  allocate(length: number): Float32Array<ArrayBuffer> {
    const begin = this.#free;
    if (begin + alignedBytes(length) > this.#end) return new Float32Array(length);
    this.#free += alignedBytes(length);
    return new Float32Array(this.memory.buffer, begin, length);
  }

  /** Whether an array lies in this memory. */
  holds(array: Float32Array): boolean {
    return array.buffer === this.memory.buffer;
  }
}

const alignedBytes = (length: number): number =>
  Math.ceil((length * Float32Array.BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT;
