/** Images and results in a bucket, of a store that speaks S3. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUCKET, startStore, type TestStore } from '../support/bucket-store.ts';
import { missingRedis, startRedis } from '../support/redis.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const NAMES = ['a.png', 'b.png', 'more/a.png', 'more/deep/ä b.png'];
const PHOTOS = `s3://${BUCKET}/photos`;

let folder: string;
let model: string;
let store: TestStore;
let client: S3Client;
/** Masks as `predict` writes them of the same files on this machine. */
const masks = new Map<string, Buffer>();

beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
  await mkdir(join(folder, 'store'));
  store = await startStore(join(folder, 'store'));
  client = new S3Client({
    endpoint: store.env.AWS_ENDPOINT_URL_S3 as string,
    region: 'us-east-1',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    forcePathStyle: true,
  });
  const images = new Map<string, Uint8Array>();
  for (const [index, name] of NAMES.entries()) images.set(name, await wavesPng(160 + 8 * index, 120, index));
  for (const [name, bytes] of images) {
    await mkdir(dirname(join(folder, 'photos', name)), { recursive: true });
    await writeFile(join(folder, 'photos', name), bytes);
  }
  for (const [name, Body] of [...images, ['notes.txt', Buffer.from('no image')] as const]) {
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `photos/${name}`, Body }));
  }
  const output = join(folder, 'here');
  const { code, stderr } = await runCli([
    'predict',
    join(folder, 'photos'),
    '--model',
    model,
    '--output',
    output,
    '--threads',
    '1',
  ]);
  expect(code, stderr).toBe(0);
  for (const name of NAMES) masks.set(name, await readFile(join(output, name)));
});
afterAll(async () => {
  await store?.end();
  await rm(folder, { recursive: true, force: true });
});

const predict = (...args: readonly string[]) =>
  runCli(['predict', ...args, '--model', model, '--threads', '1'], { env: store.env });

async function keysBelow(prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key.slice(prefix.length)).sort();
}

async function wrongMasks(prefix: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [name, own] of masks) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: `${prefix}${name}` }));
    if (!own.equals(Buffer.from((await Body?.transformToByteArray()) ?? []))) wrong.push(name);
  }
  return wrong;
}

describe('predict in a bucket', () => {
  test('writes the masks, overlays and figures that it writes on this machine', async () => {
    const { code, stderr } = await predict(PHOTOS, '--output', `s3://${BUCKET}/masks/`);
    expect(code, stderr).toBe(0);
    expect(await keysBelow('masks/')).toEqual(
      NAMES.flatMap((name) => {
        const stem = name.slice(0, -'.png'.length);
        return [`${stem}.json`, name, `${stem}.overlay.png`];
      }).sort(),
    );
    expect(await wrongMasks('masks/')).toEqual([]);
  });

  test('takes one object to a folder of this machine', async () => {
    const output = join(folder, 'one');
    const { code, stderr } = await predict(`${PHOTOS}/more/a.png`, '--output', output);
    expect(code, stderr).toBe(0);
    expect((await readFile(join(output, 'a.png'))).equals(masks.get('more/a.png') as Buffer)).toBe(true);
  });

  test('says what is not there, and why it is not let in', async () => {
    const [missing, bad, refused] = await Promise.all([
      predict(`s3://${BUCKET}/phots`, `s3://${BUCKET}/photos/*.png`),
      predict('s3://A/photos'),
      runCli(['predict', PHOTOS, '--model', model], { env: { ...store.env, AWS_ACCESS_KEY_ID: 'STRANGER' } }),
    ]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain(
      `s3://${BUCKET}/phots: there is nothing in the bucket under this name. Patterns are for folders of this machine: name a folder, without a wildcard.`,
    );
    expect(missing.stderr).toContain(`s3://${BUCKET}/photos/*.png: there is nothing`);
    expect(bad.stderr).toContain(
      'A place in a bucket is named s3://BUCKET/FOLDER or s3://BUCKET/FOLDER/IMAGE.jpg; got "s3://A/photos".',
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^.*s3:\/\/photos-and-masks\/photos: cannot be looked for \(.+\)\. Check its name, and AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for a store of your own, AWS_ENDPOINT_URL_S3\.$/m,
    );
    expect(refused.stderr).not.toContain('    at ');
  });
});

describe.skipIf(missingRedis)(`a queue${missingRedis}`, () => {
  test('between a bucket of images and a bucket of results gives the same masks, and knows which are there', async () => {
    await mkdir(join(folder, 'redis'));
    const redis = await startRedis(join(folder, 'redis'));
    const bin = fileURLToPath(new URL('../../bin/refinenet.js', import.meta.url));
    const worker = spawn(process.execPath, [bin, 'worker', redis.address, '--threads', '1'], {
      env: { ...process.env, ...store.env },
      stdio: 'ignore',
    });
    try {
      const output = `s3://${BUCKET}/queued`;
      const first = await predict(PHOTOS, '--output', output, '--queue', redis.address);
      expect(first.code, first.stderr).toBe(0);
      expect(await wrongMasks('queued/')).toEqual([]);
      const again = await predict(PHOTOS, '--output', output, '--queue', redis.address);
      expect(again.stderr).toContain('0 of 4 images go into the queue');
    } finally {
      worker.kill('SIGKILL');
      await redis.end();
    }
  });
});
