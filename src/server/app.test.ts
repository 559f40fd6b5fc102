import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import { UploadBudget } from './http/read-body.ts';
import { createMetrics } from './metrics.ts';
import { DEFAULTS } from './options.ts';
import type { Service } from './service.ts';

/** An application whose engines are told of alone. */
async function appThat({ isDraining }: { readonly isDraining: boolean }) {
  const pool = { queued: 0, running: 0, ready: 1, engines: [] };
  const service = {
    version: '1',
    models: new Map(),
    pool,
    metrics: createMetrics(pool, () => 0),
    uploads: new UploadBudget(1),
    bodyLimit: DEFAULTS.bodyLimit,
    isDraining: () => isDraining,
  } as unknown as Service;
  return createApp(service, { ...DEFAULTS, apiKeys: [] }, pino({ enabled: false }));
}

test('while it ends, a request on an open connection is refused in the form of all refusals', async () => {
  const app = await appThat({ isDraining: true });
  const { statusCode, body } = await app.inject({ method: 'GET', url: '/v2' });
  expect([statusCode, body]).toEqual([503, '{"error":"The server is ending. Ask another one."}']);
});

test('while it ends, probes are told that it lives and takes nothing', async () => {
  const app = await appThat({ isDraining: true });
  const ask = async (url: string) => (await app.inject({ method: 'GET', url })).json();
  expect(await ask('/v2/health/live')).toEqual({ live: true });
  expect(await ask('/v2/health/ready')).toEqual({ ready: false });
});

test('before, requests are answered', async () => {
  const app = await appThat({ isDraining: false });
  expect((await app.inject({ method: 'GET', url: '/v2' })).statusCode).toBe(200);
});
