/** Labels that were saved come back: a data set is read, and labeling goes on. */
import { signal } from '@preact/signals';
import type { LabeledFile } from 'refinenet/web/training';
import { type Files, filesOfArchive, filesOfFolder, filesOfList } from '../state/archive.ts';
import { messageOf } from '../state/messages.ts';
import { showPhotos } from '../state/photos.ts';
import { stopLive } from '../state/live.ts';
import { t } from '../strings/index.ts';
import { beginAnew } from './classes.ts';
import { type Origin, type Split, SPLITS } from './dataset.ts';
import { chooseFolder, rememberFolder } from './folder.ts';
import { keyOf, labelFault, type Labeling, labelingOf, put, touched } from './labeling.ts';
import { restored } from './restoring.ts';

/** Whether a data set is read at the moment. */
export const isOpening = signal(false);

/** Whether what was dropped is meant as a data set: a ZIP, or a folder that has a YAML file. */
export const isDataset = (files: readonly File[]): boolean =>
  files.some(({ name }) => /\.zip$/i.test(name)) || files.some(({ name }) => /\.ya?ml$/i.test(name));

/** @returns what says how it went; undefined where it was not chosen, or failed, which `labelFault` says */
export async function openList(list: readonly File[]): Promise<string | undefined> {
  const archive = list.find(({ name }) => /\.zip$/i.test(name));
  return attempt(async () =>
    archive
      ? open(await filesOfArchive(archive), archive.name)
      : (({ files, name }) => open(files, name))(filesOfList(list)),
  );
}

/** Asks for a folder. It is saved to from then on, where it is laid out as what is saved. */
export const openFolder = (): Promise<string | undefined> =>
  attempt(async () => {
    const folder = await chooseFolder();
    const opened = folder && (await open(await filesOfFolder(folder), folder.name));
    if (folder && opened?.isAsSaved) rememberFolder(folder);
    return opened;
  });

/** A data set that was opened. */
interface Opened {
  /** How it went. */
  readonly says: string;
  /** Whether it is laid out as what is saved. */
  readonly isAsSaved: boolean;
}

async function attempt(work: () => Promise<Opened | undefined>): Promise<string | undefined> {
  labelFault.value = '';
  isOpening.value = true;
  try {
    return (await work())?.says;
  } catch (error) {
    if ((error as Error).name !== 'AbortError') labelFault.value = messageOf(error);
    return undefined;
  } finally {
    isOpening.value = false;
  }
}

async function open(files: Files, name: string): Promise<Opened | undefined> {
  // What only this needs, and no page that begins to label.
  const { readLabeledFiles } = await import('refinenet/web/training');
  const { format, classes, images } = await readLabeledFiles(files, { name });
  const names = namesOf(images);
  const labeled = new Map<string, Labeling>();
  const again: string[] = [];
  // Before anything is deleted: a file may be one that cannot be read any longer.
  for (const [index, { image, mask, ...each }] of images.entries()) {
    const photo = { name: names[index] as string, file: image, width: mask.width, height: mask.height };
    const key = await keyOf(photo, mask);
    if (labeled.has(key)) again.push(each.path);
    else labeled.set(key, labelingOf(key, { ...photo, labels: mask.data, origin: originOf(each) }, true));
  }
  const found = [...labeled.values()];
  // What is not taken up yet is not deleted unasked either.
  await restored();
  if (touched.value.length > 0 && !confirm(t('open.ask'))) return undefined;
  await beginAnew(classes);
  for (const each of found) put(each);
  if (again.length > 0) labelFault.value = t('open.again', { names: again.join(', ') });
  stopLive();
  showPhotos(found.map((each) => ({ name: each.name, file: each.file })));
  return {
    says: t(found.length === 1 ? 'open.openedOne' : 'open.opened', { count: found.length, name }),
    isAsSaved: format === LAYOUT && files.has('data.yaml') && found.every(({ origin }) => hasMask(files, origin)),
  };
}

/** The layout of what is saved. */
const LAYOUT = 'ultralytics';

/** Whether a mask lies where the picture's is saved. */
const hasMask = (files: Files, origin: Origin | undefined): boolean =>
  origin !== undefined && files.has(`masks/${origin.split}/${origin.path.replace(/\.\w+$/, '')}.png`);

/** The files' names; their paths where two are called alike. */
function namesOf(images: readonly LabeledFile[]): readonly string[] {
  const short = images.map(({ path }) => path.replace(/^.*\//, ''));
  return new Set(short).size === short.length ? short : images.map(({ path }) => path);
}

/** Where it is written to again; undefined for layouts that are not those which are written. */
function originOf({ path, split }: Pick<LabeledFile, 'path' | 'split'>): Origin | undefined {
  const known = SPLITS.find((each) => each === split);
  const start = `images/${known}/`;
  return known && path.startsWith(start) ? { split: known as Split, path: path.slice(start.length) } : undefined;
}
