/** Bodies of requests, as bytes, within limits. */
import type { Readable } from 'node:stream';
import { GatheredChunks } from './gathered-chunks.ts';
import { Refusal } from './refusal.ts';

/** Bytes of all bodies that are held. */
export class UploadBudget {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /** @throws Refusal if there is no room for so many more. */
  take(bytes: number): void {
    if (this.#held + bytes > this.#most) {
      const message = 'The server receives as much as it can. Try again later.';
      throw new Refusal(429, message, { 'retry-after': '2' }, 'uploads');
    }
    this.#held += bytes;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

export const tooLarge = (limit: number): Refusal =>
  new Refusal(413, `The body is larger than the ${limit} bytes allowed. Send a smaller image.`);

/**
 * All that a stream brings.
 * @throws Refusal if it is more than the limit, or there is no room for it.
 */
export async function readBody(stream: Readable, limit: number, budget: UploadBudget): Promise<Buffer> {
  const gathered = new GatheredChunks();
  let length = 0;
  try {
    // The stream is left open when its body is refused: the answer goes over the same connection.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (length + chunk.length > limit) throw tooLarge(limit);
      budget.take(chunk.length);
      length += chunk.length;
      gathered.add(chunk);
    }
    return Buffer.concat(gathered.parts(), length);
  } finally {
    budget.giveBack(length);
  }
}
