/** Files from a server: with progress, a limit on silence, and a store that keeps them for the next time. */
import { FormatError, messageOf, RuntimeError, UsageError } from '../../errors.ts';
import { joinedBytes } from '../../joined-bytes.ts';
import { seconds, STALLED_DOWNLOAD, within } from './limits.ts';
import type { FileStore, StoredFile } from './file-store.ts';

/** How far the download of one of a model's files has come. */
export interface DownloadProgress {
  /** Bytes of this file. */
  readonly loaded: number;
  /** Bytes that it has; undefined where the server does not say. */
  readonly total: number | undefined;
  /** Its name: `model.safetensors`. */
  readonly file: string;
}

export interface FetchFileOptions {
  /** Keeps what was downloaded, and has it where the network fails; none when left out. */
  readonly store?: FileStore | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** What to do where the server has no such file, as a sentence. */
  readonly advice?: string;
}

const CHECK_ADDRESS = 'Check the address.';

/** The file is not there: another place may have it. */
export class MissingFileError extends UsageError {}

/** The server gives no answer, or says that it cannot give one now: a copy is as good as can be had. */
class UnreachableError extends RuntimeError {}

/**
 * A file's bytes. A stored one is taken if the server says that it is still the same, or cannot be reached. What it refuses is
 * an error, stored or not.
 * @throws MissingFileError if the server has none, FormatError if it answers with a page instead, RuntimeError if the network fails or nothing comes for
 * half a minute, the signal's reason if it was aborted.
 */
export async function fetchFile(
  address: string,
  { store, signal, onProgress, advice = CHECK_ADDRESS }: FetchFileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const file = nameOf(address);
  const stored = await store?.find(address);
  const response = stored
    ? await newerThan(stored, address, { signal, advice })
    : await request(address, { signal, advice });
  if (!response) {
    const { bytes } = stored as StoredFile;
    onProgress?.({ loaded: bytes.length, total: bytes.length, file });
    return bytes;
  }
  const bytes = await bodyOf(response, address, { signal, onProgress });
  await store?.keep(address, bytes, versionOf(response));
  return bytes;
}

export const nameOf = (address: string): string => new URL(address).pathname.split('/').pop() ?? address;

type Asked = Pick<FetchFileOptions, 'signal' | 'advice'>;

/** The server's answer with another version than the stored one; null where that is the same or the best there is. */
async function newerThan({ version }: StoredFile, address: string, asked: Asked): Promise<Response | null> {
  const isSame = (response: Response): boolean => version !== '' && versionOf(response) === version;
  try {
    const head = await ask(address, 'HEAD', asked.signal);
    if (head.ok && isSame(head)) return null;
    // Servers may refuse this way of asking alone: the answer to the usual one decides, and its body is left where it is known.
    const response = await request(address, asked);
    if (!isSame(response)) return response;
    response.body?.cancel().catch(() => {});
    return null;
  } catch (error) {
    if (error instanceof UnreachableError) return null;
    throw error;
  }
}

/** @throws as `fetchFile` */
async function request(address: string, { signal, advice }: Asked): Promise<Response> {
  const response = await ask(address, 'GET', signal);
  if (response.status === 404 || response.status === 410) {
    throw new MissingFileError(
      `There is no ${nameOf(address)} at ${address} (the server answered ${response.status}). ${advice}`,
    );
  }
  if (!response.ok) throw new RuntimeError(failed(address, response));
  if (/^text\/html\b/.test(response.headers.get('content-type') ?? '')) {
    throw new FormatError(
      `${address}: the server answered with a page (HTML) in place of the file; servers of single-page programs do so for files that they do not have. ${advice}`,
    );
  }
  return response;
}

/** @throws UnreachableError if no answer comes, or one that may be another in a while; the signal's reason if it was aborted. */
async function ask(address: string, method: 'GET' | 'HEAD', signal: AbortSignal | undefined): Promise<Response> {
  const asked = fetch(address, { method, cache: 'no-cache', ...(signal && { signal }) });
  const silent = `${address}: the server did not answer within ${seconds(STALLED_DOWNLOAD)}. Try again later.`;
  const response = await within(asked, STALLED_DOWNLOAD, silent).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (error instanceof RuntimeError) throw new UnreachableError(error.message);
    throw new UnreachableError(
      `${address} cannot be reached (${messageOf(error)}). Check the network, the address, and whether that server lets other sites' pages read its files (CORS).`,
      { cause: error },
    );
  });
  if (isPassing(response.status)) throw new UnreachableError(failed(address, response));
  return response;
}

/** Too many requests, and faults of the server but for a method that it does not know. */
export const isPassing = (status: number): boolean => status === 429 || (status >= 500 && status !== 501);

const failed = (address: string, { status }: Response): string =>
  `${address}: the server answered ${status}. Try again later.`;

async function bodyOf(
  response: Response,
  address: string,
  { signal, onProgress }: Pick<FetchFileOptions, 'signal' | 'onProgress'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = nameOf(address);
  // The length is that of what is sent: compressed, it says nothing of the file. Another site's server need not tell that it
  // compresses; then more comes than the length says.
  const length = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length'));
  const total = length > 0 ? length : undefined;
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  try {
    for (;;) {
      const silent = `${address}: after ${loaded} bytes nothing came for ${seconds(STALLED_DOWNLOAD)}. Try again later.`;
      const { done, value } = await within(reader.read(), STALLED_DOWNLOAD, silent);
      if (done) break;
      parts.push(value);
      loaded += value.length;
      onProgress?.({ loaded, total: total !== undefined && loaded <= total ? total : undefined, file });
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    signal?.throwIfAborted();
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(`${address}: the download broke off (${messageOf(error)}). Try again.`, { cause: error });
  }
  if (total !== undefined && loaded < total) {
    throw new RuntimeError(`${address}: the download broke off after ${loaded} of ${total} bytes. Try again.`);
  }
  return joinedBytes(parts);
}

/** What tells one version of a file from another; empty where a server says nothing of it. */
function versionOf({ headers }: Response): string {
  return headers.get('etag') ?? [headers.get('last-modified'), headers.get('content-length')].filter(Boolean).join(' ');
}
