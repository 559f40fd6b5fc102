/** The images that a page gives to be learned from, with their masks, brought to something that a worker can be handed. */
import { messageOf, UsageError } from '../../../errors.ts';
import { describeValue } from '../../../text.ts';
import { dropImage, type ImageSource, type TakenImage, takeImage } from '../image-source.ts';

/** An image and what is where in it. */
export interface LabeledImage {
  readonly image: ImageSource;
  /**
   * Of the image's size. Either class ids, one a pixel, with 255 where nothing is to be learned: `{ width, height, data }` with a
   * Uint8Array, or a gray or indexed PNG. Or the classes' colors: a canvas, `ImageData`, a PNG in colors; what is transparent is not
   * learned from.
   */
  readonly mask: ImageSource;
  /** What it is called in messages; a file's name, or `image-1`, when left out. */
  readonly name?: string;
}

/** The same for a worker. */
export interface SentImage {
  /** Unique among all. */
  readonly name: string;
  readonly image: TakenImage;
  readonly mask: TakenImage;
  /** Whether it is validated on, and not learned from. */
  readonly validates: boolean;
}

export interface SentImages {
  readonly images: readonly SentImage[];
  readonly transfer: readonly Transferable[];
}

/**
 * Takes the images as they are at this moment. What was given stays whole.
 * @throws UsageError naming every image that is none, or has no mask.
 */
export async function takeImages(
  learned: readonly LabeledImage[],
  validated: readonly LabeledImage[],
): Promise<SentImages> {
  if (!Array.isArray(learned) || !Array.isArray(validated)) {
    throw new UsageError(
      `Images to learn from are a list of { image, mask }, but got ${describeValue(Array.isArray(learned) ? validated : learned)}.`,
    );
  }
  if (learned.length === 0) {
    throw new UsageError('There are no images to learn from. Give a list of { image, mask }.');
  }
  const problems: string[] = [];
  const names = new Set<string>();
  const images: SentImage[] = [];
  const transfer: Transferable[] = [];
  for (const [index, sample] of [...learned, ...validated].entries()) {
    const name = uniqueName(nameOf(sample, index), names);
    const take = async (part: 'image' | 'mask'): Promise<TakenImage | undefined> => {
      const source = sample?.[part] as ImageSource | null | undefined;
      if (source === undefined || source === null) {
        problems.push(`${name} has no ${part}.`);
        return undefined;
      }
      try {
        const taken = await takeImage(source);
        transfer.push(...taken.transfer);
        return taken.image;
      } catch (error) {
        problems.push(`The ${part} of ${name}: ${messageOf(error)}`);
        return undefined;
      }
    };
    const image = await take('image');
    const mask = await take('mask');
    if (image && mask) images.push({ name, image, mask, validates: index >= learned.length });
  }
  if (problems.length > 0) {
    for (const { image, mask } of images) {
      for (const taken of [image, mask]) dropImage({ image: taken, transfer: [] });
    }
    throw new UsageError(`Images cannot be learned from as they are.\n${problems.join('\n')}`);
  }
  return { images, transfer };
}

function nameOf(sample: LabeledImage | null | undefined, index: number): string {
  const image = sample?.image;
  const given =
    sample?.name ??
    (image instanceof Blob
      ? (image as Partial<File>).name
      : typeof image === 'string' || image instanceof URL
        ? String(image)
            .replace(/[?#].*$/, '')
            .split('/')
            .pop()
        : undefined);
  // What folders of every system can hold.
  const plain = (given ?? '')
    .replace(/\.(jpe?g|png|webp|tiff?|avif|gif|bmp)$/i, '')
    .replace(/[^\p{L}\p{M}\p{N} _().-]/gu, '_')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 80);
  return plain === '' ? `image-${index + 1}` : plain;
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let number = 2; taken.has(unique.toLowerCase()); number++) unique = `${name}-${number}`;
  taken.add(unique.toLowerCase());
  return unique;
}
