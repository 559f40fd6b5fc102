import { afterEach, expect, test, vi } from 'vitest';
import { type DownloadProgress, fetchFile } from './fetch-file.ts';

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
