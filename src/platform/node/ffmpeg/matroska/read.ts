/** Frames and their times out of a Matroska stream of one uncompressed track. */
import { FormatError } from '../../../../errors.ts';
import { ELEMENTS, READ_TICK } from './elements.ts';

export interface TimedBytes {
  readonly bytes: Uint8Array;
  /** Of its presentation. */
  readonly seconds: number;
}

/** They hold others, among them what is looked for; all else is passed over. */
const OPENED: readonly number[] = [ELEMENTS.Segment, ELEMENTS.Cluster, ELEMENTS.BlockGroup];

/**
 * The frames of a stream, each as soon as it is there whole. What is cut off at the end is left out: whoever wrote it says why.
 * @param frameBytes how long each frame is.
 * @throws FormatError if a frame has another length.
 */
export async function* readMatroska(
  stream: AsyncIterable<Uint8Array>,
  frameBytes: number,
): AsyncGenerator<TimedBytes, void, undefined> {
  const source = new ByteQueue(stream);
  let clusterTime = 0;
  for (;;) {
    const id = await source.variable(true);
    const size = id === undefined ? undefined : await source.variable(false);
    if (id === undefined || size === undefined) return;
    if (OPENED.includes(id)) continue;
    if (id === ELEMENTS.Timestamp) {
      const bytes = await source.take(size);
      if (!bytes) return;
      clusterTime = bytes.reduce((value, byte) => value * 256 + byte, 0);
    } else if (id === ELEMENTS.SimpleBlock || id === ELEMENTS.Block) {
      const head = await source.take(4);
      if (!head) return;
      if (size - 4 !== frameBytes) {
        throw new FormatError(`A frame has ${size - 4} bytes, where all should have ${frameBytes}.`);
      }
      const bytes = await source.take(frameBytes);
      if (!bytes) return;
      const offset = new DataView(head.buffer, head.byteOffset).getInt16(1);
      yield { bytes, seconds: ((clusterTime + offset) * READ_TICK) / 1e9 };
    } else if (!(await source.skip(size))) return;
  }
}

/** Bytes of a stream, in the pieces that are asked for. */
class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #taken = 0;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** So many bytes, copied; undefined if the stream ends before. */
  async take(count: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(count);
    return (await this.#pass(count, (part, at) => bytes.set(part, at))) ? bytes : undefined;
  }

  skip(count: number): Promise<boolean> {
    return this.#pass(count, () => {});
  }

  /** A number whose first byte says by its leading zeros how many there are; `whole` keeps the bit that ends them. */
  async variable(whole: boolean): Promise<number | undefined> {
    const first = (await this.take(1))?.[0];
    if (first === undefined) return undefined;
    const length = Math.clz32(first) - 24 + 1;
    const rest = await this.take(Math.min(7, length - 1));
    if (!rest) return undefined;
    return rest.reduce((value, byte) => value * 256 + byte, whole ? first : first & (0xff >> length));
  }

  async #pass(count: number, use: (part: Uint8Array, at: number) => void): Promise<boolean> {
    for (let passed = 0; passed < count; ) {
      if (this.#taken === this.#chunk.length) {
        const next = await this.#chunks.next();
        if (next.done) return false;
        this.#chunk = next.value;
        this.#taken = 0;
      }
      const part = this.#chunk.subarray(this.#taken, this.#taken + count - passed);
      use(part, passed);
      passed += part.length;
      this.#taken += part.length;
    }
    return true;
  }
}
