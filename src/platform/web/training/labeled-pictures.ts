/** The pictures that a page gives to be learned from, with their masks, brought to something that a worker can be handed. */
import { messageOf, UsageError } from '../../../errors.ts';
import { describeValue } from '../../../text.ts';
import { dropPhotograph, type Photograph, type PhotographSource, takePhotograph } from '../photograph.ts';

/** A picture and what is where in it. */
export interface LabeledPicture {
  readonly image: PhotographSource;
  /**
   * Of the picture's size. Either class ids, one a pixel, with 255 where nothing is to be learned: `{ width, height, data }` with a
   * Uint8Array, or a gray or indexed PNG. Or the classes' colors: a canvas, `ImageData`, a PNG in colors; what is transparent is not
   * learned from.
   */
  readonly mask: PhotographSource;
  /** What it is called in messages; a file's name, or `image-1`, when left out. */
  readonly name?: string;
}

/** The same for a worker. */
export interface SentPicture {
  /** Unique among all. */
  readonly name: string;
  readonly image: Photograph;
  readonly mask: Photograph;
  /** Whether it is validated on, and not learned from. */
  readonly validates: boolean;
}

export interface SentPictures {
  readonly pictures: readonly SentPicture[];
  readonly transfer: readonly Transferable[];
}

/**
 * Takes the pictures as they are at this moment. What was given stays whole.
 * @throws UsageError naming every picture that is none, or has no mask.
 */
export async function takePictures(
  learned: readonly LabeledPicture[],
  validated: readonly LabeledPicture[],
): Promise<SentPictures> {
  if (!Array.isArray(learned) || !Array.isArray(validated)) {
    throw new UsageError(
      `Pictures to learn from are a list of { image, mask }, but got ${describeValue(Array.isArray(learned) ? validated : learned)}.`,
    );
  }
  if (learned.length === 0) {
    throw new UsageError('There are no pictures to learn from. Give a list of { image, mask }.');
  }
  const problems: string[] = [];
  const names = new Set<string>();
  const pictures: SentPicture[] = [];
  const transfer: Transferable[] = [];
  for (const [index, picture] of [...learned, ...validated].entries()) {
    const name = uniqueName(nameOf(picture, index), names);
    const take = async (part: 'image' | 'mask'): Promise<Photograph | undefined> => {
      const source = picture?.[part] as PhotographSource | null | undefined;
      if (source === undefined || source === null) {
        problems.push(`${name} has no ${part}.`);
        return undefined;
      }
      try {
        const taken = await takePhotograph(source);
        transfer.push(...taken.transfer);
        return taken.photograph;
      } catch (error) {
        problems.push(`The ${part} of ${name}: ${messageOf(error)}`);
        return undefined;
      }
    };
    const image = await take('image');
    const mask = await take('mask');
    if (image && mask) pictures.push({ name, image, mask, validates: index >= learned.length });
  }
  if (problems.length > 0) {
    for (const { image, mask } of pictures) {
      for (const photograph of [image, mask]) dropPhotograph({ photograph, transfer: [] });
    }
    throw new UsageError(`Pictures cannot be learned from as they are.\n${problems.join('\n')}`);
  }
  return { pictures, transfer };
}

function nameOf(picture: LabeledPicture | null | undefined, index: number): string {
  const image = picture?.image;
  const given =
    picture?.name ??
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
