/** Files from a server: with progress, a limit on silence, and a store that keeps them for the next time. */
import { FormatError, messageOf, RuntimeError, UsageError } from '../../errors.ts';
import { joinedBytes } from '../../joined-bytes.ts';
import { seconds, STALLED_DOWNLOAD, within } from './limits.ts';
import type { FileStore } from './file-store.ts';

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

/**
 * A file's bytes. A stored one is taken if the server says that it is still the same, or cannot be reached.
 * @throws MissingFileError if the server has none, FormatError if it answers with a page instead, RuntimeError if the network fails or nothing comes for
 * half a minute, the signal's reason if it was aborted.
 */
export async function fetchFile(
  address: string,
  { store, signal, onProgress, advice = CHECK_ADDRESS }: FetchFileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const file = nameOf(address);
  const stored = await store?.find(address);
  if (stored) {
    const current = await versionOnServer(address, signal);
    if (current === 'unreachable' || (current !== '' && current === stored.version)) {
      onProgress?.({ loaded: stored.bytes.length, total: stored.bytes.length, file });
      return stored.bytes;
    }
  }
  const response = await request(address, { signal, advice });
  const bytes = await bodyOf(response, address, { signal, onProgress });
  await store?.keep(address, bytes, versionOf(response));
  return bytes;
}

export const nameOf = (address: string): string => new URL(address).pathname.split('/').pop() ?? address;

/** @throws as `fetchFile` */
async function request(
  address: string,
  { signal, advice }: Pick<FetchFileOptions, 'signal' | 'advice'>,
): Promise<Response> {
  const asked = fetch(address, { cache: 'no-cache', ...(signal && { signal }) });
  const silent = `${address}: the server did not answer within ${seconds(STALLED_DOWNLOAD)}. Try again later.`;
  const response = await within(asked, STALLED_DOWNLOAD, silent).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(
      `${address} cannot be reached (${messageOf(error)}). Check the network, the address, and whether that server lets other sites' pages read its files (CORS).`,
      { cause: error },
    );
  });
  if (response.status === 404 || response.status === 410) {
    throw new MissingFileError(
      `There is no ${nameOf(address)} at ${address} (the server answered ${response.status}). ${advice}`,
    );
  }
  if (!response.ok) throw new RuntimeError(`${address}: the server answered ${response.status}. Try again later.`);
  if (/^text\/html\b/.test(response.headers.get('content-type') ?? '')) {
    throw new FormatError(
      `${address}: the server answered with a page (HTML) in place of the file; servers of single-page programs do so for files that they do not have. ${advice}`,
    );
  }
  return response;
}

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

async function versionOnServer(address: string, signal: AbortSignal | undefined): Promise<string | 'unreachable'> {
  const asked = fetch(address, { method: 'HEAD', cache: 'no-cache', ...(signal && { signal }) });
  const response = await within(asked, STALLED_DOWNLOAD, 'silent').catch(() => null);
  signal?.throwIfAborted();
  return response?.ok ? versionOf(response) : 'unreachable';
}
