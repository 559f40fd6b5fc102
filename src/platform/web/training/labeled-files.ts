/** A data set in the files that a page was given, such as those of a folder that was dropped: images with the class of every pixel. */
import type { Dataset } from '../../../data/dataset.ts';
import { type DecodeImage, extensionOf, fileNameOf, type FileSource } from '../../../data/file-source.ts';
import type { LayoutFault } from '../../../data/pairing.ts';
import type { Sample } from '../../../data/sample.ts';
import { FormatError, messageOf, RefineNetError } from '../../../errors.ts';
import type { ImageSize } from '../../../image/preprocess.ts';
import type { LabelMap } from '../../../image/label-map.ts';
import { readPngPalette } from '../../../image/png-chunks.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { count } from '../../../text.ts';
import { decodeImage } from '../decode-image.ts';
import type { LabeledImage } from './labeled-images.ts';

/** An image of a data set with its class ids, as `trainModel` takes it. */
export interface LabeledFile extends LabeledImage {
  /** Unique within its split. */
  readonly name: string;
  /** Where the image lies among the files. */
  readonly path: string;
  /** `train`, `val`, `test` or another. */
  readonly split: string;
  readonly image: Blob;
  /** Has the image's size; 255 where nothing is to be learned. */
  readonly mask: LabelMap & { readonly data: Uint8Array };
}

/** A data set as it was found in a page's files. */
export interface LabeledFiles {
  /** The name of the layout that was found, such as `ultralytics` for a `data.yaml` with masks. */
  readonly format: string;
  /** In the colors of the masks' palette, where it has one for each. */
  readonly classes: readonly LabelClass[];
  /** Of all splits, in their order. */
  readonly images: readonly LabeledFile[];
}

/** What files are called in errors, and what ends their reading. */
export interface ReadLabeledFilesOptions {
  /** What the files are called in messages, such as their folder's name. */
  readonly name?: string;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

/** Problems that are told; the others are counted. */
const TOLD = 10;

/**
 * Reads the data set of whatever layout `refinenet train` takes.
 * @param files by their paths, with `/` between folders.
 * @throws FormatError if they are laid out as no data set, or naming everything that lacks its partner or cannot be read: a damaged
 * file, a mask of another size than its image, ids that are no classes. The signal's reason if it was aborted.
 */
export async function readLabeledFiles(
  files: ReadonlyMap<string, Blob>,
  { name = 'The files', signal }: ReadLabeledFilesOptions = {},
): Promise<LabeledFiles> {
  // The readers of all layouts, which only pages load that read one.
  const { openDataset } = await import('../../../data/dataset.ts');
  const dataset = await openDataset(sourceOf(files, name));
  const problems = dataset.splits.flatMap((split) => dataset.faults(split).map(faultInWords));
  const images: LabeledFile[] = [];
  for (const split of dataset.splits) {
    for (const sample of dataset.samples(split)) {
      signal?.throwIfAborted();
      try {
        images.push(await readFile(dataset, sample, split));
      } catch (error) {
        if (!(error instanceof RefineNetError)) throw error;
        problems.push(messageOf(error));
      }
    }
  }
  if (problems.length > 0) throw new FormatError(`${name} cannot be opened as it is.\n${listed(problems).join('\n')}`);
  if (images.length === 0)
    throw new FormatError(
      `${name}: no image has a mask. Each image needs one of its name, such as images/a.jpg and masks/a.png, or shapes that were drawn on it.`,
    );
  return { format: dataset.format, classes: await inPaletteColors(dataset), images };
}

/** What is wrong with files before any is opened. */
const FAULTS: Readonly<Record<LayoutFault['kind'], string>> = {
  'missing-mask': 'has no mask of its name',
  'missing-image': 'is a mask without an image of its name',
  'ambiguous-name': 'has the name of another file, but for its ending',
  'unreadable-format': 'is of a format that is not read; save it as PNG',
  'missing-listed': 'is listed, but not there',
};

const faultInWords = ({ kind, path }: LayoutFault): string => `${path} ${FAULTS[kind]}.`;

function listed(problems: readonly string[]): readonly string[] {
  const more = problems.length - TOLD;
  return more > 0 ? [...problems.slice(0, TOLD), `And ${count(more, 'problem', 'problems')} more.`] : problems;
}

async function readFile(dataset: Dataset, sample: Sample, split: string): Promise<LabeledFile> {
  const { assertSameSize, readLabels } = await import('../../../data/read-sample.ts');
  const bytes = await dataset.source.read(sample.image);
  const image = new File([bytes as Uint8Array<ArrayBuffer>], fileNameOf(sample.image), { type: typeOf(sample.image) });
  const size = await sizeOf(image, sample.image);
  const mask = await readLabels(dataset, sample, decodeBytes, async () => size);
  assertSameSize(sample, size, mask);
  return { name: sample.name, path: sample.image, split, image, mask };
}

const decodeBytes: DecodeImage = (bytes, name) =>
  decodeImage({ kind: 'file', file: new File([bytes as Uint8Array<ArrayBuffer>], name) });

async function sizeOf(file: Blob, name: string): Promise<ImageSize> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new FormatError(`${name}: this browser cannot read it as an image. Save it anew, as JPEG or PNG.`);
  });
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}

/** Media types that are not the extension's name. */
const TYPES: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.tif': 'image/tiff' };

const typeOf = (path: string): string => TYPES[extensionOf(path)] ?? `image/${extensionOf(path).slice(1)}`;

/** The classes as the first mask's palette shows them, if all its colors differ; else as they are. */
async function inPaletteColors({
  classes,
  encoding,
  splits,
  samples,
  source,
}: Dataset): Promise<readonly LabelClass[]> {
  const [first] = splits.flatMap((split) => samples(split));
  if (!first || first.annotation || encoding.kind !== 'ids') return classes;
  const palette = readPngPalette(await source.read(first.mask)).slice(0, classes.length);
  if (new Set(palette.map(String)).size < classes.length) return classes;
  return classes.map((each, id) => ({ ...each, color: palette[id] ?? each.color }));
}

function sourceOf(files: ReadonlyMap<string, Blob>, name: string): FileSource {
  const get = (path: string): Blob => {
    const file = files.get(path);
    if (file) return file;
    throw new FormatError(`${name}/${path}: there is no such file.`);
  };
  const isHidden = (path: string): boolean =>
    path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
  return {
    name,
    list: async (folder) =>
      [...files.keys()].filter((path) => !isHidden(path) && (folder === '' || path.startsWith(`${folder}/`))).sort(),
    read: async (path) => new Uint8Array(await get(path).arrayBuffer()),
    exists: async (path) => files.has(path),
    size: async (path) => get(path).size,
  };
}
