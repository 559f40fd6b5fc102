/** What is done with buckets, by Amazon's client: any store that speaks S3 answers it. */
import type { S3Client } from '@aws-sdk/client-s3';
import { messageOf, RefineNetError, RuntimeError } from '../../../errors.ts';
import { type BucketAddress, bucketAddress, folderKey, pathOf } from './address.ts';

export type S3 = typeof import('@aws-sdk/client-s3');

/** What is tested. */
const INSTALL = 'npm install @aws-sdk/client-s3@3.1075.0';

/** How long a store may take, in milliseconds; each of the client's tries has as long. */
export interface StorePatience {
  /** Until it is connected. */
  readonly connectionTimeout: number;
  /** Between two parts of what is sent or received. */
  readonly socketTimeout: number;
}

const PATIENCE: StorePatience = { connectionTimeout: 10_000, socketTimeout: 60_000 };

/** The client is asked for credentials, region and endpoint by AWS_* variables and files, as Amazon's own tools are. */
let opened: Promise<{ readonly s3: S3; readonly client: S3Client }> | undefined;

/** The client that all buckets are reached by, opened once. @throws as `open` */
export function openedClient(patience: StorePatience = PATIENCE) {
  opened ??= open(patience);
  return opened;
}

/** @throws RuntimeError with the command that installs the client, if it is not there. */
async function open(patience: StorePatience) {
  try {
    // It warns of Node versions that it will support no longer, in a version that does.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    const s3 = await import('@aws-sdk/client-s3');
    // Stores of one's own seldom have a host name for each bucket.
    const isOwn = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
    return { s3, client: new s3.S3Client({ forcePathStyle: isOwn, requestHandler: { ...patience } }) };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RuntimeError(
      `Buckets take a package that is not installed: @aws-sdk/client-s3. This installs it beside refinenet: ${INSTALL} (with --global where refinenet is).`,
      { cause: error },
    );
  }
}

/** Does something in a bucket; what goes wrong is told with its path. */
async function within<T>(
  path: string,
  what: string,
  work: (s3: S3, client: S3Client, address: BucketAddress) => Promise<T>,
): Promise<T> {
  const address = bucketAddress(path);
  const { s3, client } = await openedClient();
  try {
    return await work(s3, client, address);
  } catch (error) {
    if (error instanceof RefineNetError) throw error;
    throw new RuntimeError(
      `${path}: cannot be ${what} (${reasonOf(error)}). Check its name, and AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for a store of your own, AWS_ENDPOINT_URL_S3.`,
      { cause: error },
    );
  }
}

/** What the store said; of some errors only the name says something. */
function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError') return 'the store gave no answer in time';
  const message = messageOf(error);
  return message === '' || message === 'UnknownError' ? name : name === 'Error' ? message : `${name}: ${message}`;
}

/** An object's bytes. @throws RuntimeError if it is not there or may not be read. */
export const readObject = (path: string): Promise<Uint8Array> =>
  within(path, 'read', async (s3, client, { bucket, key }) => {
    const { Body } = await client.send(new s3.GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  });

/** Writes an object, which is seen when it is whole. @throws RuntimeError if it may not be written. */
export const writeObject = (path: string, content: Uint8Array): Promise<void> =>
  within(path, 'written', async (s3, client, { bucket, key }) => {
    await client.send(new s3.PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
  });

/** What is at a path; undefined for nothing. A folder is what keys begin with. */
export const kindOfObject = (path: string): Promise<'file' | 'folder' | undefined> =>
  within(path, 'looked for', async (s3, client, { bucket, key }) => {
    const list = async (prefix: string) =>
      (await client.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }))).Contents ?? [];
    // Of all keys that begin with it, the key itself is the first.
    if (key !== '' && (await list(key))[0]?.Key === key) return 'file';
    return (await list(folderKey(key))).length > 0 ? 'folder' : undefined;
  });

/** The paths of all objects below a folder, in the order of their keys. */
export const objectsBelow = (folder: string): Promise<readonly string[]> => listed(folder);

/** Those of the objects in a folder itself, not in the folders in it. */
export const objectsIn = (folder: string): Promise<readonly string[]> => listed(folder, { Delimiter: '/' });

/** A request for every thousand objects. */
const listed = (folder: string, options: { readonly Delimiter?: string } = {}): Promise<readonly string[]> =>
  within(folder, 'listed', async (s3, client, { bucket, key }) => {
    const found: string[] = [];
    const pages = s3.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: folderKey(key), ...options });
    for await (const { Contents = [] } of pages) {
      for (const { Key } of Contents) if (Key !== undefined && !Key.endsWith('/')) found.push(pathOf(bucket, Key));
    }
    return found;
  });
