/** What is dropped, pasted or chosen: photographs, a video, or a model. */
import { messageOf } from './messages.ts';
import { addModel, modelFault } from './models.ts';
import { addAndShow, showPhotos } from './photos.ts';
import { playVideo, stopLive } from './live.ts';
import { t } from '../strings/index.ts';

const PICTURE = /\.(jpe?g|png|webp|avif|gif|bmp|svg)$/i;
const VIDEO = /\.(mp4|webm|mov|m4v|ogv|mkv)$/i;

const isPicture = (file: File): boolean => file.type.startsWith('image/') || PICTURE.test(file.name);
const isArchive = ({ name }: File): boolean => /\.zip$/i.test(name);
const isVideo = (file: File): boolean => file.type.startsWith('video/') || VIDEO.test(file.name);

type Taker = (files: readonly File[]) => boolean;

const takers = new Set<Taker>();

/** Lets a view have files before they are taken for photographs, where it says that they are its own. @returns the end of that */
export function takeAsDataset(taker: Taker): () => void {
  takers.add(taker);
  return () => {
    takers.delete(taker);
  };
}

/** Sorts files out: the files of a model, or a ZIP of them, are a model, the first video is played, else all pictures are shown. */
export function takeFiles(files: readonly File[]): void {
  modelFault.value = '';
  const archive = files.find(isArchive);
  const taken = archive ? takeArchive(archive, files) : Promise.resolve().then(() => take(files));
  taken.catch((error: unknown) => {
    modelFault.value = messageOf(error);
  });
}

/** Views in which what is pasted comes to the photographs that are open, and does not take their place. */
const adding = new Set<symbol>();

/** Lets what is pasted be added. @returns the end of that */
export function addPasted(): () => void {
  const view = Symbol('view');
  adding.add(view);
  return () => {
    adding.delete(view);
  };
}

/** Takes what is pasted. Browsers call every picture alike that is copied from a page. */
export function takePasted(files: readonly File[]): void {
  if (adding.size > 0 && files.every((file) => isPicture(file)))
    addAndShow(files.map((file) => ({ name: file.name, file })));
  else takeFiles(files);
}

function take(files: readonly File[]): void {
  const model = modelAmong(files.map(pathOf));
  if (model?.missing.length === 0) {
    takeModel(files, model.folder);
    return;
  }
  if ([...takers].some((taker) => taker(files))) return;
  const video = files.find(isVideo);
  if (video) {
    playVideo(video);
    return;
  }
  const pictures = files
    .filter(isPicture)
    .sort((a, b) => pathOf(a).localeCompare(pathOf(b), undefined, { numeric: true }));
  if (pictures.length === 0) throw new Error(model ? saysIncomplete(model) : saysNothing(files));
  stopLive();
  showPhotos(pictures.map((file) => ({ name: pathOf(file), file })));
}

const saysNothing = (files: readonly File[]): string =>
  t(files.some(isArchive) ? 'take.zip' : 'take.nothing', {
    names: files
      .map(({ name }) => name)
      .slice(0, 3)
      .join(', '),
  });

/** A ZIP with a model is unpacked; of another one the view says what it is. */
async function takeArchive(archive: File, files: readonly File[]): Promise<void> {
  // What only this needs, and no page that begins.
  const { filesOfArchive, namesOfArchive } = await import('./archive.ts');
  const model = modelAmong(await namesOfArchive(archive).catch(() => []));
  if (!model || [CONFIG, WEIGHTS].some((name) => model.missing.includes(name))) {
    take(files);
    return;
  }
  if (model.missing.length > 0) throw new Error(saysIncomplete(model));
  const unpacked = [...(await filesOfArchive(archive))]
    .filter(([path]) => folderOf(path) === model.folder)
    .map(([path, content]) => inFolder(path, archive.name, content));
  takeModel(unpacked, folderOf(pathOf(unpacked[0] as File)));
}

/** With a slash at its end; empty for none. */
const folderOf = (path: string): string => path.replace(/[^/]*$/, '');

const [CONFIG, PREPROCESSOR, WEIGHTS] = ['config.json', 'preprocessor_config.json', 'model.safetensors'] as const;

/** What a model folder has, and exports for Hugging Face. Data sets may have one of them, too. */
const MODEL_FILES = [CONFIG, PREPROCESSOR, WEIGHTS];

interface FoundModel {
  readonly folder: string;
  /** Names of files that the folder lacks. */
  readonly missing: readonly string[];
}

/** The folder that has most of a model's files, the first of equal ones; undefined where none has any. */
function modelAmong(paths: readonly string[]): FoundModel | undefined {
  const all = new Set(paths);
  return [...new Set(paths.map(folderOf))]
    .map((folder) => ({ folder, missing: MODEL_FILES.filter((name) => !all.has(folder + name)) }))
    .filter(({ missing }) => missing.length < MODEL_FILES.length)
    .sort((a, b) => a.missing.length - b.missing.length)[0];
}

const saysIncomplete = ({ folder, missing }: FoundModel): string =>
  t('take.incomplete', { files: missing.map((name) => folder + name).join(', ') });

/** A file of an archive, as one of a folder: what lies in none is called as the archive. */
function inFolder(path: string, archive: string, content: Blob): File {
  const parts = [archive.replace(/\.zip$/i, ''), ...path.split('/')].slice(-2);
  const file = new File([content], parts[1] as string);
  Object.defineProperty(file, 'webkitRelativePath', { value: parts.join('/') });
  return file;
}

const pathOf = (file: File): string => file.webkitRelativePath || file.name;

/** Adds the model of a folder, under the folder's name. */
function takeModel(files: readonly File[], folder: string): void {
  const named = (name: string): File => files.find((file) => pathOf(file) === folder + name) as File;
  const name = folder.split('/').at(-2);
  addModel(name ?? t('take.model'), {
    config: named(CONFIG),
    preprocessor: named(PREPROCESSOR),
    weights: named(WEIGHTS),
  });
}

/** All files of what was dropped, those in folders too. */
export async function droppedFiles(data: DataTransfer): Promise<readonly File[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return [...data.files];
  return (await Promise.all(entries.map((entry) => filesOf(entry, '')))).flat();
}

async function filesOf(entry: FileSystemEntry, folder: string): Promise<readonly File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    // Else the folder's name would be lost.
    if (folder) Object.defineProperty(file, 'webkitRelativePath', { value: `${folder}/${file.name}` });
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    for (const each of some) found.push(...(await filesOf(each, path)));
  }
}
