/** A session for the size that is expected, and one for any other size once another comes. */
import type { ImageSize } from '../image/preprocess.ts';
import type { NamedTensors, Session } from '../runtime/backend.ts';

/** Makes a session whose input has this size, or any size where none is given. */
export type CreateSized = (size: ImageSize | undefined) => Promise<Session>;

/**
 * Where extents are known the engine arranges and cuts less: runs take up to a tenth less time. Only one of the two sessions
 * stays in memory.
 */
export class SizedSession {
  readonly #create: CreateSized;
  readonly #expected: ImageSize | undefined;
  readonly #first: Session;
  #running = 0;
  #open: Promise<Session> | undefined;
  #hasOther = false;
  #isFirstDisposed = false;

  private constructor(create: CreateSized, expected: ImageSize | undefined, first: Session) {
    this.#create = create;
    this.#expected = expected;
    this.#first = first;
  }

  static async create(create: CreateSized, expected: ImageSize | undefined): Promise<SizedSession> {
    return new SizedSession(create, expected, await create(expected));
  }

  get provider(): string {
    return this.#first.provider;
  }

  /** Runs the graph once on an input of a size. @throws as `Session.run` */
  async run(size: ImageSize, feeds: NamedTensors): Promise<NamedTensors> {
    if (this.#open || !this.#fits(size)) return (await this.#forAnySize()).run(feeds);
    this.#running++;
    try {
      return await this.#first.run(feeds);
    } finally {
      this.#running--;
      await this.#release();
    }
  }

  /** Frees the engine's memory; calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.#disposeFirst();
    const open = await this.#open?.catch(() => undefined);
    await open?.dispose();
  }

  #fits({ width, height }: ImageSize): boolean {
    return !this.#expected || (this.#expected.width === width && this.#expected.height === height);
  }

  async #forAnySize(): Promise<Session> {
    this.#open ??= this.#create(undefined).catch((error: unknown) => {
      this.#open = undefined;
      throw error;
    });
    const open = await this.#open;
    this.#hasOther = true;
    await this.#release();
    return open;
  }

  /** The first session goes once nothing runs in it and the other has taken over. */
  async #release(): Promise<void> {
    if (this.#hasOther && this.#running === 0) await this.#disposeFirst();
  }

  async #disposeFirst(): Promise<void> {
    if (this.#isFirstDisposed) return;
    this.#isFirstDisposed = true;
    await this.#first.dispose();
  }
}
