/** What the browser keeps of the labels: IndexedDB, which every browser has and which holds pictures as they are. */
import type { LabelClass } from 'refinenet/web';
import type { LabeledPhoto } from './dataset.ts';

const NAME = 'refinenet-labels';
const PICTURES = 'pictures';
const CLASSES = 'classes';
/** Key beside the classes. */
const FOLDER = 'folder';

let opening: Promise<IDBDatabase> | undefined;

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });

function database(): Promise<IDBDatabase> {
  opening ??= (() => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of [PICTURES, CLASSES]) request.result.createObjectStore(store);
    };
    return answer(request);
  })();
  return opening;
}

async function within<T>(
  store: string,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const transaction = (await database()).transaction(store, mode);
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
  });
  const result = await answer(ask(transaction.objectStore(store)));
  await done;
  return result;
}

export const keepPicture = async (key: string, photo: LabeledPhoto): Promise<void> => {
  await within(PICTURES, 'readwrite', (store) => store.put(photo, key));
};

export const keepClasses = async (classes: readonly LabelClass[]): Promise<void> => {
  await within(CLASSES, 'readwrite', (store) => store.put(classes, CLASSES));
};

export const forgetPicture = async (key: string): Promise<void> => {
  await within(PICTURES, 'readwrite', (store) => store.delete(key));
};

/** A key, and what is kept under it. */
export type KeptPicture = readonly [key: string, photo: LabeledPhoto];

export async function keptPictures(): Promise<readonly KeptPicture[]> {
  const keys = await within(PICTURES, 'readonly', (store) => store.getAllKeys());
  const photos = await within(PICTURES, 'readonly', (store) => store.getAll() as IDBRequest<LabeledPhoto[]>);
  return photos.map((photo, at) => [String(keys[at]), photo]);
}

export const keptClasses = (): Promise<readonly LabelClass[] | undefined> =>
  within(CLASSES, 'readonly', (store) => store.get(CLASSES) as IDBRequest<LabelClass[] | undefined>);

/** Where labels were saved to. Browsers that cannot keep a folder do not. */
export const keepFolder = async (folder: FileSystemDirectoryHandle): Promise<void> => {
  await within(CLASSES, 'readwrite', (store) => store.put(folder, FOLDER));
};

export const keptFolder = (): Promise<FileSystemDirectoryHandle | undefined> =>
  within(CLASSES, 'readonly', (store) => store.get(FOLDER) as IDBRequest<FileSystemDirectoryHandle | undefined>);

export async function forgetAll(): Promise<void> {
  for (const store of [PICTURES, CLASSES]) await within(store, 'readwrite', (each) => each.clear());
}
