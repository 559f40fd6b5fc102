/** Putting the images that are learned from into the run's own files, so that it goes on when the page that had them is gone. */
import { FormatError, messageOf, RefineNetError } from '../../../errors.ts';
import { imageKindOf } from '../../../image/image-kinds.ts';
import { encodeLabelPng, encodePng } from '../../../image/png.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { jsonBytes } from '../../../models/folder/files.ts';
import type { RunStorage } from '../../../training/run/storage.ts';
import { count } from '../../../text.ts';
import { decodeImage } from '../decode-image.ts';
import { fetchFile } from '../fetch-file.ts';
import type { TakenImage } from '../image-source.ts';
import type { SentImage } from './labeled-images.ts';
import { type KeptImage, IMAGES_FILE, type ImageList } from './image-dataset.ts';
import { type OtherColors, readMask } from './read-mask.ts';

export interface KeepImagesOptions {
  readonly classes: readonly LabelClass[];
  readonly otherColors: OtherColors;
  readonly signal?: AbortSignal | undefined;
  /** Told after each image, kept or not: large ones take seconds each. */
  readonly onImage: () => void;
}

/**
 * Writes every image and its mask as class ids.
 * @throws FormatError naming every image and mask that cannot be read, the signal's reason if it was aborted.
 */
export async function keepImages(
  storage: RunStorage,
  images: readonly SentImage[],
  { classes, otherColors, signal, onImage }: KeepImagesOptions,
): Promise<ImageList> {
  const kept: KeptImage[] = [];
  const problems: string[] = [];
  const colors = classes.map(({ color }) => color);
  for (const { name, image, mask, validates } of images) {
    signal?.throwIfAborted();
    const attempt = async (path: string, bytes: () => Promise<Uint8Array>): Promise<string> => {
      try {
        await storage.write(path, await bytes());
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        problems.push(messageOf(error));
      }
      return path;
    };
    const file = await imageFile(image, name, signal).catch((error: unknown) => {
      if (!(error instanceof RefineNetError)) throw error;
      problems.push(messageOf(error));
      return undefined;
    });
    const imagePath = `images/${name}${file?.extension ?? ''}`;
    if (file) await attempt(imagePath, async () => file.bytes);
    const maskPath = await attempt(`masks/${name}.png`, async () =>
      encodeLabelPng(await readMask(mask, { classes, otherColors, name: `The mask of ${name}`, signal }), colors),
    );
    kept.push({ name, image: imagePath, mask: maskPath, split: validates ? 'val' : 'train' });
    onImage();
  }
  if (problems.length > 0) throw new FormatError(messageFor(problems, images.length, classes));
  return { classes, images: kept };
}

/** Keeps which images a run has. */
export const keepList = (storage: RunStorage, list: ImageList): Promise<void> =>
  storage.write(IMAGES_FILE, jsonBytes({ version: 1, ...list }));

/** Problems that are shown; the rest are counted. */
const SHOWN = 10;

function messageFor(problems: readonly string[], images: number, classes: readonly LabelClass[]): string {
  const colors = classes.map(({ name, color }) => `${name} (${color.join(',')})`).join(', ');
  const advice = problems.some((problem) => problem.includes("no class's"))
    ? [
        `The classes are ${colors}. Draw without smoothed borders, give the colors with the classes ({ name, color }), or leave such pixels out: { otherColors: 'ignore' }.`,
      ]
    : [];
  const more = problems.length > SHOWN ? [`and ${count(problems.length - SHOWN, 'more')}`] : [];
  return [
    `${count(images, 'image')} cannot be learned from as they are.`,
    ...problems.slice(0, SHOWN),
    ...more,
    ...advice,
  ].join('\n');
}

/** An image as the file that it is, or losslessly packed. */
async function imageFile(
  image: TakenImage,
  name: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly bytes: Uint8Array; readonly extension: string }> {
  if (image.kind === 'file' || image.kind === 'address') {
    const bytes =
      image.kind === 'file'
        ? new Uint8Array(await image.file.arrayBuffer())
        : await fetchFile(image.address, { signal });
    const kind = imageKindOf(bytes);
    return { bytes, extension: kind.supported ? `.${kind.format.toLowerCase()}` : '' };
  }
  try {
    return { bytes: encodePng(await decodeImage(image)), extension: '.png' };
  } catch (error) {
    throw error instanceof RefineNetError ? new FormatError(`${name}: ${messageOf(error)}`, { cause: error }) : error;
  }
}
