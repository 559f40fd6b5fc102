/** The engine's .wasm file on its way into a worker: what goes wrong with it is said, and it is kept for times without a network. */
import { messageOf, RuntimeError } from '../../../errors.ts';
import { isPassing } from '../fetch-file.ts';
import { seconds, STALLED_DOWNLOAD, within } from '../limits.ts';

/** Files are kept as they came; the browser checks that they are WASM. */
const NAME = 'refinenet-engine';

/** The part of a worker's global scope that is changed. */
interface FetchScope {
  fetch: typeof fetch;
}

export interface EngineFile {
  /** What went wrong with the file, if anything did. */
  readonly failure: RuntimeError | undefined;
  /** Resolves once the file is kept, where it is to be. */
  readonly kept: Promise<unknown>;
}

/**
 * Stands between the engine and the network, in a worker's own global scope, which is nobody else's.
 * @param keeps whether the file is kept, and taken from there where the network fails.
 */
export function watchEngineFile(scope: FetchScope, keeps: boolean): EngineFile {
  const original = scope.fetch.bind(scope);
  const watched: { failure: RuntimeError | undefined; kept: Promise<unknown> } = {
    failure: undefined,
    kept: Promise.resolve(),
  };
  scope.fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : new URL(input, location.href).href;
    if (!/\.wasm($|\?)/.test(address)) return original(input, init);
    try {
      return await engineFile(
        address,
        () => original(input, init),
        keeps,
        (kept) => {
          watched.kept = kept;
        },
      );
    } catch (error) {
      watched.failure = error as RuntimeError;
      throw error;
    }
  };
  return watched;
}

const ADVICE =
  'Serve it beside the script of the worker, or say where it is: loadModel(..., { wasmPaths }). It comes from node_modules/onnxruntime-web/dist.';

async function engineFile(
  address: string,
  download: () => Promise<Response>,
  keeps: boolean,
  onKeep: (kept: Promise<unknown>) => void,
): Promise<Response> {
  const cache = keeps && typeof caches !== 'undefined' ? await caches.open(NAME).catch(() => undefined) : undefined;
  const silent = `The engine's file ${address}: the server did not answer within ${seconds(STALLED_DOWNLOAD)}. Try again later.`;
  let response: Response;
  try {
    response = await within(download(), STALLED_DOWNLOAD, silent);
    if (isPassing(response.status)) {
      throw new RuntimeError(`The engine's file ${address}: the server answered ${response.status}. Try again later.`);
    }
  } catch (error) {
    const kept = await cache?.match(address);
    if (kept) return kept;
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(`The engine's file ${address} cannot be reached (${messageOf(error)}). ${ADVICE}`, {
      cause: error,
    });
  }
  if (!response.ok) {
    throw new RuntimeError(
      `The engine's file ${address} is not there (the server answered ${response.status}). ${ADVICE}`,
    );
  }
  if (/^text\/html\b/.test(response.headers.get('content-type') ?? '')) {
    throw new RuntimeError(
      `The engine's file ${address} is not there: the server answered with a page (HTML). ${ADVICE}`,
    );
  }
  if (cache && !(await isKept(cache, address, response))) {
    // Not waited for: the engine starts meanwhile. Without room for it nothing is kept.
    onKeep(cache.put(address, response.clone()).catch(() => {}));
  }
  return response;
}

async function isKept(cache: Cache, address: string, { headers }: Response): Promise<boolean> {
  const kept = await cache.match(address);
  const version = (each: Headers) => each.get('etag') ?? each.get('last-modified') ?? each.get('content-length');
  return kept !== undefined && version(kept.headers) !== null && version(kept.headers) === version(headers);
}
