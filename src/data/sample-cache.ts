/** Decoded samples in memory, as many as fit. */
import type { LabeledImage } from './sample.ts';

/**
 * Keeps samples until the bytes are used up, and from then on what it has: every epoch visits each sample once, so whatever
 * would be thrown out is as likely to be needed as what would come in.
 */
export class SampleCache {
  readonly #read: (index: number) => Promise<LabeledImage>;
  readonly #kept = new Map<number, LabeledImage>();
  #left: number;

  constructor(bytes: number, read: (index: number) => Promise<LabeledImage>) {
    this.#left = bytes;
    this.#read = read;
  }

  async get(index: number): Promise<LabeledImage> {
    const kept = this.#kept.get(index);
    if (kept) return kept;
    const sample = await this.#read(index);
    const size = sample.image.data.byteLength + sample.labels.data.byteLength;
    if (size <= this.#left && !this.#kept.has(index)) {
      this.#left -= size;
      this.#kept.set(index, sample);
    }
    return sample;
  }
}
