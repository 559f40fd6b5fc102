/** The chunks of a body in about the memory of its bytes, however small whoever sends it makes them. */

/** Smaller chunks are copied: each is an object of some hundred bytes, and may hold what it is a view of. */
const SMALL = 16 << 10;

/** Bytes of the blocks that small chunks are copied to. */
const BLOCK = 64 << 10;

export class GatheredChunks {
  readonly #parts: Buffer[] = [];
  /** What is left of the block that is being filled, behind what is filled and not yet a part. */
  #block = Buffer.alloc(0);
  #filled = 0;

  add(chunk: Buffer): void {
    if (chunk.length >= SMALL) {
      this.#close();
      this.#parts.push(chunk);
      return;
    }
    if (this.#filled + chunk.length > this.#block.length) {
      this.#close();
      this.#block = Buffer.allocUnsafeSlow(BLOCK);
    }
    this.#filled += chunk.copy(this.#block, this.#filled);
  }

  /** All that was added, in order, in parts that are not many. */
  parts(): readonly Buffer[] {
    this.#close();
    return this.#parts;
  }

  /** What is filled becomes a part; the rest of the block is filled next. */
  #close(): void {
    if (this.#filled === 0) return;
    this.#parts.push(this.#block.subarray(0, this.#filled));
    this.#block = this.#block.subarray(this.#filled);
    this.#filled = 0;
  }
}
