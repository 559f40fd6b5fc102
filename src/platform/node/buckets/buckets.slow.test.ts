/** Buckets of a store that answers what a test says, or nothing. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TaskFiles } from '../../../tasks/task-files.ts';
import { openedClient } from './bucket.ts';
import { withBuckets } from './files.ts';

const KEYS = ['photos/a.png', 'photos/more/b.png'];
const listing = (keys: readonly string[]) =>
  `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${keys
    .map((key) => `<Contents><Key>${key}</Key></Contents>`)
    .join('')}</ListBucketResult>`;

const files = withBuckets({} as TaskFiles);
let store: Server;

beforeAll(async () => {
  store = createServer(({ url }, response) => {
    const keys = url?.includes('delimiter=%2F') ? KEYS.slice(0, 1) : KEYS;
    if (url?.startsWith('/store')) response.setHeader('content-type', 'application/xml').end(listing(keys));
    if (url?.startsWith('/stops/')) response.setHeader('content-length', 8).write('half');
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(store.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
  });
  await openedClient({ connectionTimeout: 300, socketTimeout: 300 });
});
afterAll(() => {
  store.closeAllConnections();
  store.close();
});

test.each(['s3://store/photos', 's3://store/photos/', 's3://store//photos', 's3://store///photos//'])(
  'names in a folder are whole, whatever slashes it is typed with: %s',
  async (folder) => {
    expect(await files.list(folder)).toEqual(['a.png', 'more/b.png']);
  },
);

test('the names in a folder itself are asked for in one request', async () => {
  expect(await files.namesIn('s3://store/photos')).toEqual(['a.png']);
  expect(await files.namesIn('s3://store//photos/')).toEqual(['a.png']);
});

test.each([
  ['accepts and never answers', 's3://silent/photo.png'],
  ['stops in the middle', 's3://stops/photo.png'],
])(
  'a store that %s is given up',
  async (_, path) => {
    await expect(files.read(path)).rejects.toThrow(
      `${path}: cannot be read (the store gave no answer in time). Check its name, and AWS_ACCESS_KEY_ID`,
    );
  },
  60_000,
);
