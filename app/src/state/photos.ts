/** The photographs that were given, and the one that is looked at. */
import { batch, computed, signal } from '@preact/signals';
import { t } from '../strings/index.ts';

export interface Photo {
  readonly name: string;
  readonly file: Blob;
}

export const photos = signal<readonly Photo[]>([]);
export const photoIndex = signal(0);
export const photo = computed(() => photos.value[photoIndex.value]);

/** What there is to see of a model, by its name: the street is drawn, and for others there is a cat. */
const SAMPLES: Readonly<Record<string, string>> = { 'street-scenes': 'street.webp' };
const SAMPLE = 'cat.webp';

/** The sample that was shown last. */
const sample = signal<Photo | undefined>(undefined);

/** Whether nothing is open but a sample. */
export const isSample = computed(() => photos.value.length === 1 && photos.value[0] === sample.value);

/** @param model by its name */
export async function sampleOf(model: string): Promise<Photo> {
  const name = SAMPLES[model] ?? SAMPLE;
  const answer = await fetch(name);
  return { name, file: await answer.blob() };
}

export function showSampleOf(found: Photo): void {
  // At once: in between nothing would be a sample, and the beginning would be taken for over.
  batch(() => {
    sample.value = found;
    showPhotos([found]);
  });
}

/** Counts what was to be shown, so that a sample that comes late is known to be wanted no longer. */
let wanted = 0;

/** Shows the sample of a model, unless other photographs are shown or another sample is asked for while it is fetched. */
export async function showSample(model: string): Promise<void> {
  const own = ++wanted;
  const found = await sampleOf(model);
  if (wanted === own) showSampleOf(found);
}

/** The photograph that the page begins with, unless others are open. */
export async function beginWithSample(model: string): Promise<void> {
  const own = wanted;
  const found = await sampleOf(model);
  if (wanted === own && photos.peek().length === 0) showSampleOf(found);
}

/** Takes these in place of those before. */
export function showPhotos(given: readonly Photo[]): void {
  wanted++;
  photos.value = given;
  photoIndex.value = 0;
}

/** Adds a photograph to those that are open. */
export function addPhoto(given: Photo): void {
  photos.value = [...photos.value, given];
}

/** A name that none of the open photographs has: numbered where one does. */
export function freshName(name: string): string {
  const taken = new Set(photos.value.map((each) => each.name));
  const [, stem, ending] = /^(.*?)(\.\w+)?$/s.exec(name) as unknown as [string, string, string?];
  let fresh = name;
  for (let number = 2; taken.has(fresh); number++) fresh = `${stem}-${number}${ending ?? ''}`;
  return fresh;
}

/** Adds photographs to those that are open, under names of their own, and looks at the first of them. */
export function addAndShow(given: readonly Photo[]): void {
  batch(() => {
    const first = photos.value.length;
    for (const { name, file } of given) addPhoto({ name: freshName(name), file });
    if (given.length > 0) photoIndex.value = first;
  });
}

/** @throws Error if the browser cannot read it, with its name */
export const bitmapOf = ({ name, file }: Photo): Promise<ImageBitmap> =>
  createImageBitmap(file).catch(() => {
    throw new Error(t('take.unreadable', { name }));
  });

/** The name without folders. */
export const fileNameOf = (name: string): string => name.replace(/^.*\//, '');

/** The name without folders and ending. */
export const stemOf = (name: string): string => fileNameOf(name).replace(/\.\w+$/, '');
