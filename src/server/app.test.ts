import { type AddressInfo, connect } from 'node:net';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import { UploadBudget } from './http/read-body.ts';
import { createMetrics } from './metrics.ts';
import { DEFAULTS } from './options.ts';
import type { Service } from './service.ts';

/** An application whose engines are told of alone. */
async function appThat({ isDraining }: { readonly isDraining: boolean }, log = pino({ enabled: false })) {
  const pool = { queued: 0, running: 0, ready: 1, engines: [] };
  const service = {
    version: '1',
    models: new Map([['street', { name: 'street' }]]),
    pool,
    metrics: createMetrics(pool, () => 0),
    uploads: new UploadBudget(1 << 20),
    bodyLimit: DEFAULTS.bodyLimit,
    isDraining: () => isDraining,
  } as unknown as Service;
  return createApp(service, { ...DEFAULTS, apiKeys: [] }, log);
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

test.each([
  ['its upload', 'content-type: image/png', 'half'],
  [
    'its form',
    'content-type: multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\n\r\nhalf',
  ],
])(
  'a client that leaves in the midst of %s is counted as such, and is no defect of the server',
  async (_, type, body) => {
    const lines: string[] = [];
    const app = await appThat(
      { isDraining: false },
      pino({ level: 'error' }, { write: (line) => void lines.push(line) }),
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `POST /segment HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${type}\r\ncontent-length: 1000\r\n\r\n${body}`,
      );
      setTimeout(() => socket.destroy(), 100);
    });
    const rejected = async () => (await app.inject({ method: 'GET', url: '/metrics' })).body;
    await expect.poll(rejected, { timeout: 20_000 }).toContain('refinenet_rejected_total{reason="left"} 1');
    expect(await rejected()).not.toContain('reason="failed"');
    expect(lines).toEqual([]);
    await app.close();
  },
);

test('a format that is given twice is none, and is told by its kind alone', async () => {
  const app = await appThat({ isDraining: false });
  const { statusCode, json } = await app.inject({ method: 'POST', url: '/segment?format=mask&format=json' });
  expect(statusCode).toBe(400);
  expect(json().error).toMatch(/^format is one of json, mask, .*, but got an Array\.$/);
});
