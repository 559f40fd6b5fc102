/** Reads COCO's panoptic labels: a PNG an image, whose colors are the numbers of segments that the JSON gives classes. */
import { FormatError } from '../../../errors.ts';
import { IGNORE_INDEX } from '../../../labels/label-table.ts';
import { comparable, joinPaths, withoutExtension } from '../../file-source.ts';
import type { AnnotatedImage } from '../annotated-layout.ts';
import { SPLIT_FOLDER_NAMES, splitNamed } from '../../split-names.ts';
import type { Folder } from '../folder.ts';
import { findImages, foldersAround } from '../image-finder.ts';
import { listProblems } from '../problem-list.ts';
import type { CocoFile } from './schema.ts';

/** A segment's number is red + 256 green + 65536 blue; 0 is no segment, and ignored. */
const colorOf = (id: number): number => ((id & 255) << 16) | (id & 0xff00) | ((id >> 16) & 255);

/**
 * The images with their masks and the class of every segment; crowds are ignored.
 * @param classOf the class's id by that of the category.
 * @throws FormatError naming the masks that are missing and the categories that are not there.
 */
export async function panopticImages(
  folder: Folder,
  { path: file, split, document }: CocoFile,
  classOf: ReadonlyMap<number, number>,
  near: readonly string[],
): Promise<AnnotatedImage[]> {
  const images = new Map(document.images.map((image) => [image.id, image]));
  const labeled = document.annotations.filter(({ segments_info }) => segments_info !== undefined);
  const masks = await findImages(
    folder,
    labeled.map(({ file_name = '' }) => ({
      name: file_name,
      near: [withoutExtension(file), ...near.map((place) => joinPaths(place, 'masks'))],
    })),
  );
  const problems: string[] = [];
  const found = labeled.map((annotation, index): AnnotatedImage => {
    const mask = masks[index];
    if (mask === undefined) problems.push(`the mask ${annotation.file_name ?? ''} is not there`);
    const colors = new Map([[0, IGNORE_INDEX]]);
    for (const { id, category_id, iscrowd } of annotation.segments_info ?? []) {
      const classId = classOf.get(category_id);
      if (classId === undefined)
        problems.push(`segment ${id} of ${annotation.file_name ?? ''} has the unknown category ${category_id}`);
      colors.set(colorOf(id), iscrowd ? IGNORE_INDEX : (classId ?? IGNORE_INDEX));
    }
    return {
      name: images.get(annotation.image_id)?.file_name ?? String(annotation.image_id),
      near,
      file,
      split,
      mask: { mask: mask ?? '', encoding: { kind: 'colors', classes: colors } },
    };
  });
  if (problems.length > 0) {
    throw new FormatError(`${joinPaths(folder.name, comparable(file))}: ${listProblems(problems)}.`);
  }
  return found;
}

/** Folders that a file's images may lie in; where nothing says the split, those of train. */
export function placesOfImages(file: string, split = 'train'): string[] {
  const around = foldersAround(file);
  const names = SPLIT_FOLDER_NAMES.filter((name) => splitNamed(name) === split);
  return around.flatMap((place) => [
    place,
    ...names.flatMap((name) => [`images/${name}`, name, `${name}/images`].map((each) => joinPaths(place, each))),
    joinPaths(place, 'images'),
  ]);
}
