/** Where an object or a folder of a bucket is: `s3://BUCKET/KEY`. */
import { UsageError } from '../../../errors.ts';

const SCHEME = 's3://';

/** Whether a path is in a bucket rather than on this machine. */
export const isBucketPath = (path: string): boolean => path.startsWith(SCHEME);

export interface BucketAddress {
  readonly bucket: string;
  /** Without a slash at its beginning or end; empty for the whole bucket. */
  readonly key: string;
}

/** @throws UsageError if it is none. */
export function bucketAddress(path: string): BucketAddress {
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+(.*))?$/s.exec(path) ?? [];
  if (bucket === undefined) {
    throw new UsageError(
      `A place in a bucket is named s3://BUCKET/FOLDER or s3://BUCKET/FOLDER/IMAGE.jpg; got "${path}".`,
    );
  }
  return { bucket, key: key.replace(/\/+$/, '') };
}

/** What the keys of a folder begin with. */
export const folderKey = (key: string): string => (key === '' ? '' : `${key}/`);

/** The path of a key of the same bucket. */
export const pathOf = (bucket: string, key: string): string => `${SCHEME}${bucket}/${key}`;
