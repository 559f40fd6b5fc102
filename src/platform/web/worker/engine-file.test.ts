import { afterEach, expect, test, vi } from 'vitest';
import { watchEngineFile } from './engine-file.ts';

const ADDRESS = 'https://site.example/engine.wasm';

afterEach(() => vi.unstubAllGlobals());

/** What the engine gets where the server gives this answer, with a copy of the file or without. */
function asked(answer: () => Promise<Response>, kept: Response | undefined): Promise<Response> {
  vi.stubGlobal('location', new URL('https://site.example/'));
  vi.stubGlobal('caches', { open: async () => ({ match: async () => kept, put: async () => {} }) });
  const scope = { fetch: answer as typeof fetch };
  watchEngineFile(scope, true);
  return scope.fetch(ADDRESS);
}

const answering = (status: number) => async () => new Response('busy', { status });

test.each([
  ['cannot be reached', () => Promise.reject(new TypeError('failed'))],
  ['has had too many requests', answering(429)],
  ['has a fault', answering(503)],
])('the kept engine is taken where the server %s', async (_, answer) => {
  expect(await (await asked(answer, new Response('kept'))).text()).toBe('kept');
});

test('without a kept one, what passes is to be tried again', async () => {
  await expect(asked(answering(503), undefined)).rejects.toThrow(
    `The engine's file ${ADDRESS}: the server answered 503. Try again later.`,
  );
});

test.each([404, 501])('a server that has no such file says so, whatever is kept: %i', async (status) => {
  await expect(asked(answering(status), new Response('kept'))).rejects.toThrow(
    `The engine's file ${ADDRESS} is not there (the server answered ${status}). Serve it`,
  );
});
