/** The pictures that the browser kept: each once, under the key that it has today, and in the ids that classes have. */
import type { LabelClass } from 'refinenet/web';
import { fileNameOf } from '../state/photos.ts';
import { withClass } from './classes.ts';
import { IGNORED } from './dataset.ts';
import { forgetPicture, type KeptPhoto, keptPictures, movePicture } from './kept.ts';
import { keyOf, tell } from './labeling.ts';

/** All of them by their keys; what cannot be taken up is told. */
export async function keptPhotos(isForgotten: () => boolean): Promise<ReadonlyMap<string, KeptPhoto>> {
  const kept = new Map(await keptPictures());
  const found = new Map<string, KeptPhoto>();
  // One after the other: all files at once are more than some devices hold.
  for (const key of kept.keys()) await takeUp(key, kept, found, isForgotten).catch(tell);
  return found;
}

const hasDigest = (key: string): boolean => / \d+x\d+ [\da-f]{16}$/.test(key);

/** Finds a picture under the key that it has today, and keeps it there. What is no picture, or was kept twice, is forgotten. */
async function takeUp(
  key: string,
  kept: ReadonlyMap<string, KeptPhoto>,
  found: Map<string, KeptPhoto>,
  isForgotten: () => boolean,
): Promise<void> {
  const photo = kept.get(key) as KeptPhoto;
  if (photo.file.size === 0) return forgetPicture(key);
  // Keys of earlier versions had folders, and before that names and sizes alone.
  const own = hasDigest(key) ? fileNameOf(key) : await keyOf(photo, photo).catch(tell);
  const other = found.get(own ?? key) ?? kept.get(own ?? key);
  if (isForgotten()) return;
  if (own === undefined || own === key) found.set(key, found.get(key) ?? photo);
  // It could not be moved once, and was labeled on since.
  else if (other && !hasDigest(key)) await forgetPicture(key);
  else {
    const moved = other ? joined(other, photo) : photo;
    found.set(own, moved);
    await movePicture(key, own, moved);
  }
}

/** A picture with the labels of another one where it has none. */
function joined(photo: KeptPhoto, other: KeptPhoto): KeptPhoto {
  const { labels, classes } = photo.classes ? inClasses(other, photo.classes) : other;
  const all = photo.labels.map((id, at) => (id === IGNORED ? (labels[at] as number) : id));
  return { ...photo, origin: photo.origin ?? other.origin, labels: all, ...(classes && { classes }) };
}

/**
 * A picture's labels in the ids of other classes, told by names: these get the classes that it has pixels of and they lack.
 * Without names ids stay.
 */
export function inClasses(
  { labels, classes: before }: KeptPhoto,
  own: readonly LabelClass[],
): { readonly labels: Uint8Array; readonly classes: readonly LabelClass[] } {
  if (!before || before.every(({ name }, id) => own[id]?.name === name)) return { labels, classes: own };
  const has = new Uint8Array(256);
  for (let at = 0; at < labels.length; at++) has[labels[at] as number] = 1;
  let classes = own;
  for (const [id, { name }] of before.entries())
    if (has[id] && !classes.some((each) => each.name === name)) classes = withClass(classes, name);
  const table = new Uint8Array(256).fill(IGNORED);
  for (const [id, { name }] of before.entries()) {
    const at = classes.findIndex((each) => each.name === name);
    if (at >= 0) table[id] = at;
  }
  return { labels: labels.map((id) => table[id] as number), classes };
}
