/** Finds the images beside labeled ones that no label file names. */
import { addToGroup } from '../../groups.ts';
import type { ImageAnnotation } from '../annotations/annotation.ts';
import { comparable, folderOf, isImage, withoutExtension } from '../file-source.ts';
import type { LayoutFault, Pairs } from '../pairing.ts';
import type { Sample } from '../sample.ts';
import type { Folder } from './folder.ts';

/**
 * The splits with images that lie in the folders of labeled ones and that no labels name, in the split of those beside them.
 * Where one label file of several was asked for, the images of the others are no such ones.
 */
export function withUnlisted(folder: Folder, splits: ReadonlyMap<string, Pairs>): Map<string, Pairs> {
  if (folder.entry !== undefined) return new Map(splits);
  const known = new Set<string>();
  const splitOfFolder = new Map<string, string>();
  for (const [split, { samples, faults }] of splits) {
    for (const { image, mask } of samples) {
      known.add(image).add(mask);
      if (!splitOfFolder.has(folderOf(image))) splitOfFolder.set(folderOf(image), split);
    }
    for (const { path } of faults) known.add(path);
  }
  const unlisted = new Map<string, string[]>();
  for (const path of folder.paths) {
    const split = splitOfFolder.get(folderOf(path));
    if (split === undefined || known.has(path) || !isImage(path)) continue;
    addToGroup(unlisted, split, path);
  }
  return new Map([...splits].map(([split, pairs]) => [split, withImages(pairs, unlisted.get(split) ?? [])]));
}

function withImages({ samples, faults }: Pairs, paths: readonly string[]): Pairs {
  const beside = samples.find(({ annotation }) => annotation !== undefined);
  // Nothing is drawn on images whose labels are images.
  if (beside?.annotation === undefined) {
    const missing = paths.map((path): LayoutFault => ({ kind: 'missing-mask', path }));
    return { samples, faults: [...faults, ...missing] };
  }
  const { background, order, unit } = beside.annotation;
  const annotation: ImageAnnotation = { shapes: [], background, order, unit, faults: [], unlabeled: 'unlisted' };
  const names = new Set(samples.map(({ name }) => name));
  const added = paths.map((image): Sample => {
    const name = nameBeside(beside, image);
    return { name: names.has(name) ? comparable(image) : name, image, mask: beside.mask, annotation };
  });
  return { samples: [...samples, ...added], faults };
}

/** The name without the folders that names of the others lack. */
function nameBeside({ name, image }: Sample, path: string): string {
  const whole = comparable(withoutExtension(image));
  return comparable(withoutExtension(path)).slice(whole.endsWith(name) ? whole.length - name.length : 0);
}
