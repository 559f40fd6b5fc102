/** Makes the splits of a data set of annotated images. */
import { comparable, fileNameOf, folderOf, withoutExtension } from '../file-source.ts';
import type { ImageAnnotation } from '../annotations/annotation.ts';
import type { LayoutFault, Pairs } from '../pairing.ts';
import type { Sample } from '../sample.ts';
import { splitNamed } from '../split-names.ts';
import type { Folder } from './folder.ts';
import { findImages, type ImageReference } from './image-finder.ts';
import { withUniqueNames } from './short-names.ts';

export interface AnnotatedImage extends ImageReference {
  /** The file that says what was drawn. */
  readonly file: string;
  /** The split, where the labels say it; else the folders that the image lies in do. */
  readonly split?: string | undefined;
  /** What was drawn; or how its mask is read. */
  readonly annotation?: ImageAnnotation;
  readonly mask?: Pick<Sample, 'mask' | 'encoding'>;
  /** The image, where it is known already, and what the sample is called if that is not the image's name. */
  readonly path?: string | undefined;
  readonly sampleName?: string | undefined;
}

/** The splits; images without a file, and those that are there twice, are faults. */
export async function annotatedSplits(folder: Folder, images: readonly AnnotatedImage[]): Promise<Map<string, Pairs>> {
  const open = images.filter(({ path }) => path === undefined);
  const masks = new Set(images.flatMap(({ mask }) => (mask === undefined ? [] : [mask.mask])));
  const found = await findImages(folder, open, masks);
  const paths = new Map(open.map((image, index) => [image, found[index]]));
  const splits = new Map<string, { samples: Sample[]; faults: LayoutFault[] }>();
  const taken = new Map<string, string>();
  for (const image of images) {
    const path = image.path ?? paths.get(image);
    const split = image.split ?? splitOfFolders(path ?? image.name) ?? 'train';
    const pairs = splits.get(split) ?? { samples: [], faults: [] };
    splits.set(split, pairs);
    const other = path === undefined ? undefined : taken.get(path);
    if (path === undefined) {
      pairs.faults.push({ kind: 'missing-listed', path: image.name, detail: `named in ${image.file}` });
    } else if (other !== undefined) {
      const where = other === image.file ? `is named twice in ${other}` : `is named in ${other} and in ${image.file}`;
      pairs.faults.push({ kind: 'ambiguous-name', path, detail: where });
    } else {
      taken.set(path, image.file);
      const { annotation, mask } = image;
      pairs.samples.push({
        name: comparable(image.sampleName ?? withoutExtension(path)),
        image: path,
        mask: image.file,
        ...(annotation && { annotation }),
        ...mask,
      });
    }
  }
  return new Map(
    [...splits].map(([split, { samples, faults }]) => [split, { samples: withUniqueNames(samples), faults }]),
  );
}

/** The split that a folder in a path is called by, the innermost first. */
export function splitOfFolders(path: string): string | undefined {
  const folders = folderOf(path.replaceAll('\\', '/')).split('/').reverse();
  return folders.map(splitNamed).find((split) => split !== undefined);
}

/** The split that a file's name has as one of its words, or a folder around it. */
export function splitOfFile(path: string): string | undefined {
  const words = fileNameOf(path).split(/[^a-z0-9]+/i);
  return words.map(splitNamed).find((split) => split !== undefined) ?? splitOfFolders(path);
}
