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

/** Lets the next one open it again, unless somebody has already. */
const giveUp = (used: Promise<IDBDatabase>): void => {
  if (opening === used) opening = undefined;
};

/** @param onEnd is called when it is closed. */
async function open(onEnd: () => void): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const store of [PICTURES, CLASSES]) request.result.createObjectStore(store);
  };
  const database = await answer(request);
  database.onclose = onEnd;
  // Of another tab, which waits until this one is closed.
  database.onversionchange = () => {
    database.close();
    onEnd();
  };
  return database;
}

function database(): Promise<IDBDatabase> {
  if (opening) return opening;
  const opened: Promise<IDBDatabase> = open(() => giveUp(opened));
  opening = opened;
  opened.catch(() => giveUp(opened));
  return opened;
}

type Ask<T> = (store: IDBObjectStore) => Promise<T>;

async function within<T>(store: string, mode: IDBTransactionMode, ask: Ask<T>): Promise<T> {
  const used = database();
  try {
    return await transact(await used, store, mode, ask);
  } catch (error) {
    // Browsers do not always tell that they closed it.
    if ((error as Error).name !== 'InvalidStateError') throw error;
    giveUp(used);
    return transact(await database(), store, mode, ask);
  }
}

async function transact<T>(database: IDBDatabase, store: string, mode: IDBTransactionMode, ask: Ask<T>): Promise<T> {
  const transaction = database.transaction(store, mode);
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
  });
  const [result] = await Promise.all([ask(transaction.objectStore(store)), done]);
  return result;
}

/** What is kept of a picture. */
export interface KeptPhoto extends LabeledPhoto {
  /** What its ids are; what was kept by earlier versions does not tell. */
  readonly classes?: readonly LabelClass[];
}

let isAskedToStay = false;

/** Asks the browser once not to delete what is kept where it is short of room; it may refuse. */
function askToStay(): void {
  if (isAskedToStay) return;
  isAskedToStay = true;
  // Pages without TLS have none.
  navigator.storage?.persist?.().catch(() => {});
}

export const keepPicture = async (key: string, photo: KeptPhoto): Promise<void> => {
  askToStay();
  await within(PICTURES, 'readwrite', (store) => answer(store.put(photo, key)));
};

/** Keeps a picture under another key than before, in one step: never under both, or under none. */
export const movePicture = async (from: string, to: string, photo: KeptPhoto): Promise<void> => {
  await within(PICTURES, 'readwrite', (store) =>
    Promise.all([answer(store.put(photo, to)), answer(store.delete(from))]),
  );
};

export const keepClasses = async (classes: readonly LabelClass[]): Promise<void> => {
  await within(CLASSES, 'readwrite', (store) => answer(store.put(classes, CLASSES)));
};

export const forgetPicture = async (key: string): Promise<void> => {
  await within(PICTURES, 'readwrite', (store) => answer(store.delete(key)));
};

/** A key, and what is kept under it. */
export type KeptPicture = readonly [key: string, photo: KeptPhoto];

export const keptPictures = (): Promise<readonly KeptPicture[]> =>
  // In one transaction: another tab may keep pictures between two.
  within(PICTURES, 'readonly', async (store) => {
    const [keys, photos] = await Promise.all([
      answer(store.getAllKeys()),
      answer(store.getAll() as IDBRequest<KeptPhoto[]>),
    ]);
    return photos.map((photo, at) => [String(keys[at]), photo]);
  });

export const keptClasses = (): Promise<readonly LabelClass[] | undefined> =>
  within(CLASSES, 'readonly', (store) => answer(store.get(CLASSES) as IDBRequest<LabelClass[] | undefined>));

/** Where labels were saved to. Browsers that cannot keep a folder do not. */
export const keepFolder = async (folder: FileSystemDirectoryHandle): Promise<void> => {
  await within(CLASSES, 'readwrite', (store) => answer(store.put(folder, FOLDER)));
};

export const keptFolder = (): Promise<FileSystemDirectoryHandle | undefined> =>
  within(CLASSES, 'readonly', (store) =>
    answer(store.get(FOLDER) as IDBRequest<FileSystemDirectoryHandle | undefined>),
  );

/** How often all was forgotten. */
let forgettings = 0;

/** For whoever reads what is kept, and takes it up later. @returns whether all was forgotten since */
export function watchForgetting(): () => boolean {
  const before = forgettings;
  return () => forgettings !== before;
}

export async function forgetAll(): Promise<void> {
  forgettings++;
  for (const store of [PICTURES, CLASSES]) await within(store, 'readwrite', (each) => answer(each.clear()));
}
