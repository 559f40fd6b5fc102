import { afterEach, describe, expect, test, vi } from 'vitest';
import { type DownloadProgress, fetchFile, MissingFileError } from './fetch-file.ts';
import type { FileStore } from './file-store.ts';

const ADDRESS = 'https://models.example/config.json';
const BYTES = new Uint8Array(1000).fill(7);

/** A server whose answer says that it has so many bytes. */
function serve(length: number | undefined): void {
  const headers = length === undefined ? {} : { 'content-length': String(length) };
  vi.stubGlobal('fetch', async () => new Response(BYTES, { headers }));
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ['as many bytes as it says', 1000, 1000],
  // Another site's page sees the length of what is sent, and not that it was compressed.
  ['more, as it compressed them', 50, undefined],
  ['some, and does not say how many', undefined, undefined],
])('a file comes whole where the server sends %s', async (_, length, total) => {
  serve(length);
  const told: DownloadProgress[] = [];
  const bytes = await fetchFile(ADDRESS, { onProgress: (progress) => told.push(progress) });
  expect(bytes).toEqual(BYTES);
  expect(told.at(-1)).toEqual({ loaded: 1000, total, file: 'config.json' });
});

test('fewer bytes than the server says are a download that broke off', async () => {
  serve(2000);
  await expect(fetchFile(ADDRESS)).rejects.toThrow('the download broke off after 1000 of 2000 bytes. Try again.');
});

describe('a stored file', () => {
  const OLD = new Uint8Array(10).fill(1);

  /** A server that answers each method so, or cannot be reached by it; what was asked of it is told. */
  function serveBy(answers: Readonly<Record<'HEAD' | 'GET', Response | null>>): readonly string[] {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (_: string, { method = 'GET' }: { readonly method?: 'HEAD' | 'GET' }) => {
      asked.push(method);
      const answer = answers[method];
      if (!answer) throw new TypeError('Failed to fetch');
      return answer;
    });
    return asked;
  }

  const answer = (status: number, version = '', bytes: Uint8Array<ArrayBuffer> | null = null) =>
    new Response(bytes, { status, headers: version === '' ? {} : { etag: version } });

  /** What comes where a file of version "1" is stored, and what is stored then. */
  async function fetched(version = '"1"') {
    const kept: string[] = [];
    const store = {
      find: async () => ({ bytes: OLD, version }),
      keep: async (_: string, __: Uint8Array, given: string) => void kept.push(given),
    } as unknown as FileStore;
    const bytes = await fetchFile(ADDRESS, { store });
    return { isOld: bytes === OLD, bytes, kept };
  }

  test('is taken where the server has the same, of which nothing is loaded', async () => {
    const asked = serveBy({ HEAD: answer(200, '"1"'), GET: null });
    expect(await fetched()).toMatchObject({ isOld: true, kept: [] });
    expect(asked).toEqual(['HEAD']);
  });

  test('is replaced by another version', async () => {
    serveBy({ HEAD: answer(200, '"2"'), GET: answer(200, '"2"', BYTES) });
    expect(await fetched()).toEqual({ isOld: false, bytes: BYTES, kept: ['"2"'] });
  });

  test.each([403, 405, 501])('is replaced by another version of a server that answers HEAD with %i', async (status) => {
    serveBy({ HEAD: answer(status), GET: answer(200, '"2"', BYTES) });
    expect(await fetched()).toEqual({ isOld: false, bytes: BYTES, kept: ['"2"'] });
  });

  test('is taken where such a server has the same, whose body is left', async () => {
    const response = answer(200, '"1"', BYTES);
    const asked = serveBy({ HEAD: answer(405), GET: response });
    const cancel = vi.spyOn(response.body as ReadableStream, 'cancel');
    expect(await fetched()).toMatchObject({ isOld: true, kept: [] });
    expect(asked).toEqual(['HEAD', 'GET']);
    expect(cancel).toHaveBeenCalledOnce();
  });

  test('of no known version is loaded anew from such a server', async () => {
    serveBy({ HEAD: answer(405), GET: answer(200, '', BYTES) });
    expect(await fetched('')).toEqual({ isOld: false, bytes: BYTES, kept: [''] });
  });

  test.each([404, 410])('is none any more where the server answers %i', async (status) => {
    serveBy({ HEAD: answer(status), GET: answer(status) });
    const outcome = fetched();
    await expect(outcome).rejects.toThrow(MissingFileError);
    await expect(outcome).rejects.toThrow(`There is no config.json at ${ADDRESS} (the server answered ${status}).`);
  });

  test('is not given where the server refuses it', async () => {
    serveBy({ HEAD: answer(403), GET: answer(403) });
    await expect(fetched()).rejects.toThrow(`${ADDRESS}: the server answered 403. Try again later.`);
  });

  test.each([
    ['cannot be reached', null, null],
    ['fails', answer(503), null],
    ['has too many requests', answer(429), null],
    ['refuses HEAD and fails', answer(405), answer(500)],
    ['refuses HEAD and is gone', answer(405), null],
    ['has another version and is gone', answer(200, '"2"'), null],
  ])('is taken where the server %s', async (_, head, get) => {
    serveBy({ HEAD: head, GET: get });
    expect(await fetched()).toMatchObject({ isOld: true, kept: [] });
  });
});
