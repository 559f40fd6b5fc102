/** What is dropped, pasted or chosen: photographs, a video, or a model. */
import { messageOf } from './messages.ts';
import { addModel, modelFault } from './models.ts';
import { showPhotos } from './photos.ts';
import { playVideo, stopLive } from './live.ts';
import { t } from '../strings/index.ts';

const PICTURE = /\.(jpe?g|png|webp|avif|gif|bmp|svg)$/i;
const VIDEO = /\.(mp4|webm|mov|m4v|ogv|mkv)$/i;

const isPicture = (file: File): boolean => file.type.startsWith('image/') || PICTURE.test(file.name);
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

/** Sorts files out: the files of a model are a model, the first video is played, else all pictures are shown. */
export function takeFiles(files: readonly File[]): void {
  modelFault.value = '';
  try {
    if (takeModel(files) || [...takers].some((take) => take(files))) return;
    const video = files.find(isVideo);
    if (video) {
      playVideo(video);
      return;
    }
    const pictures = files
      .filter(isPicture)
      .sort((a, b) => pathOf(a).localeCompare(pathOf(b), undefined, { numeric: true }));
    if (pictures.length === 0)
      throw new Error(
        t(files.some(({ name }) => /\.zip$/i.test(name)) ? 'take.zip' : 'take.nothing', {
          names: files
            .map(({ name }) => name)
            .slice(0, 3)
            .join(', '),
        }),
      );
    stopLive();
    showPhotos(pictures.map((file) => ({ name: pathOf(file), file })));
  } catch (error) {
    modelFault.value = messageOf(error);
  }
}

const pathOf = (file: File): string => file.webkitRelativePath || file.name;

/** @returns whether the files are a model's: a model folder, or what exports for Hugging Face have. */
function takeModel(files: readonly File[]): boolean {
  const named = (name: string): File | undefined => files.find((file) => file.name === name);
  const [config, preprocessor, weights] = ['config.json', 'preprocessor_config.json', 'model.safetensors'].map(named);
  if (!weights && !config) return false;
  const missing = [
    [config, 'config.json'],
    [preprocessor, 'preprocessor_config.json'],
    [weights, 'model.safetensors'],
  ].flatMap(([file, name]) => (file ? [] : [name as string]));
  if (missing.length > 0) throw new Error(t('take.incomplete', { files: missing.join(', ') }));
  const folder = pathOf(weights as File)
    .split('/')
    .at(-2);
  addModel(folder ?? t('take.model'), {
    config: config as File,
    preprocessor: preprocessor as File,
    weights: weights as File,
  });
  return true;
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
