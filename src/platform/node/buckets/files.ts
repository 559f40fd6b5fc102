/** What tasks read and leave, in buckets where a path begins with s3://, otherwise on this machine. */
import { posix } from 'node:path';
import { joinedBytes } from '../../../joined-bytes.ts';
import { UsageError } from '../../../errors.ts';
import { IMAGE_EXTENSIONS } from '../../../image/image-kinds.ts';
import type { NamedInput, TaskFiles } from '../../../tasks/task-files.ts';
import { withDistinctNames } from '../output-names.ts';
import { bucketAddress, folderKey, isBucketPath, pathOf } from './address.ts';

/** The client is loaded when the first bucket is named. */
const bucket = () => import('./bucket.ts');

type InBuckets = Pick<
  TaskFiles,
  | 'join'
  | 'nameOf'
  | 'absolute'
  | 'realPath'
  | 'kindOf'
  | 'list'
  | 'namesIn'
  | 'read'
  | 'listImages'
  | 'openImage'
  | 'write'
  | 'writeImage'
>;

/** Files of this machine and of buckets. Models, data sets and runs stay on this machine. */
export function withBuckets(files: TaskFiles): TaskFiles {
  const places: InBuckets = {
    join: (folder, name) => (isBucketPath(folder) ? `${folder.replace(/\/+$/, '')}/${name}` : files.join(folder, name)),
    nameOf: (path) => (isBucketPath(path) ? posix.basename(path) : files.nameOf(path)),
    absolute: (path) => (isBucketPath(path) ? path : files.absolute(path)),
    realPath: async (path) => (isBucketPath(path) ? path : files.realPath(path)),
    kindOf: async (path) => (isBucketPath(path) ? (await bucket()).kindOfObject(path) : files.kindOf(path)),
    async list(folder) {
      if (!isBucketPath(folder)) return files.list(folder);
      const { bucket: name, key } = bucketAddress(folder);
      // As paths of objects begin, whatever slashes were typed.
      const root = pathOf(name, folderKey(key));
      return (await (await bucket()).objectsBelow(folder)).map((path) => path.slice(root.length));
    },
    async namesIn(folder) {
      if (!isBucketPath(folder)) return files.namesIn(folder);
      return (await (await bucket()).objectsIn(folder)).map((path) => posix.basename(path));
    },
    read: async (path) => (isBucketPath(path) ? (await bucket()).readObject(path) : files.read(path)),
    async openImage(path, { pixelLimit } = {}) {
      if (!isBucketPath(path)) return files.openImage(path, { pixelLimit });
      const [bytes, { decodeImage }] = await Promise.all([places.read(path), import('../decode-image.ts')]);
      return decodeImage(bytes, { name: path, ...(pixelLimit !== undefined && { pixelLimit }) });
    },
    async write(path, content) {
      if (!isBucketPath(path)) return files.write(path, content);
      const parts = content instanceof Uint8Array ? [content] : content;
      await (await bucket()).writeObject(path, joinedBytes(parts));
    },
    async writeImage(path, image, format) {
      if (!isBucketPath(path)) return files.writeImage(path, image, format);
      const { encodeImage } = await import('../encode-image.ts');
      await places.write(path, await encodeImage(image, format));
    },
    async listImages(inputs, onPassedOver) {
      const own = inputs.filter((input) => !isBucketPath(input));
      const inBuckets = await imagesIn(inputs.filter(isBucketPath), places);
      if (inBuckets.length === 0) return files.listImages(own, onPassedOver);
      const here = own.length === 0 ? [] : await files.listImages(own, onPassedOver);
      return withDistinctNames([...here, ...inBuckets]);
    },
  };
  return { ...files, ...places };
}

/** @throws UsageError naming every input that leads to no image. */
async function imagesIn(inputs: readonly string[], { kindOf, list, join, nameOf }: InBuckets): Promise<NamedInput[]> {
  const found = new Map<string, NamedInput>();
  const problems: string[] = [];
  for (const input of inputs) {
    const kind = await kindOf(input);
    const names = kind === 'folder' ? (await list(input)).filter(isImage) : [];
    if (kind === 'file') found.set(input, { path: input, name: stem(nameOf(input)) });
    else if (names.length > 0)
      for (const name of names) found.set(join(input, name), { path: join(input, name), name: stem(name) });
    else
      problems.push(
        `${input}: ${kind ? `no images in this folder. Looked for ${IMAGE_EXTENSIONS.join(', ')}.` : NOTHING}`,
      );
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return [...found.values()];
}

const NOTHING =
  'there is nothing in the bucket under this name. Patterns are for folders of this machine: name a folder, without a wildcard.';

const isImage = (name: string): boolean => IMAGE_EXTENSIONS.includes(posix.extname(name).toLowerCase());

const stem = (name: string): string => name.slice(0, name.length - posix.extname(name).length).normalize('NFC');
