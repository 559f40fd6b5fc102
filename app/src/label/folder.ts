/** The folder that labels are written to: chosen once, and kept for the next time. */
import { signal } from '@preact/signals';
import { keepFolder, keptFolder } from './kept.ts';

type PickFolder = (options: { mode: 'readwrite'; id: string }) => Promise<FileSystemDirectoryHandle>;

/** What asks for a folder to write to, where the browser can. */
export const folderPicker = (): PickFolder | undefined =>
  (globalThis as { showDirectoryPicker?: PickFolder }).showDirectoryPicker;

type Permission = { readonly mode: 'readwrite' };

/** A handle, with what not every browser has. */
interface AskableFolder extends FileSystemDirectoryHandle {
  requestPermission?(permission: Permission): Promise<PermissionState>;
}

/** The folder that was chosen last. */
export const folder = signal<AskableFolder | undefined>(undefined);

/** Takes a folder for the next time; some browsers keep it for the next visit. */
export function rememberFolder(chosen: FileSystemDirectoryHandle): void {
  folder.value = chosen;
  keepFolder(chosen).catch(() => {});
}

/** Takes up the folder of the visit before, where none was chosen in this one. */
export async function restoreFolder(): Promise<void> {
  const kept = await keptFolder();
  folder.value ??= kept;
}

/** Asks for a folder. @returns undefined where none is chosen */
export async function chooseFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await folderPicker()?.({ mode: 'readwrite', id: 'labels' });
  } catch (error) {
    if ((error as Error).name === 'AbortError') return undefined;
    throw error;
  }
}

/** The folder to write to. @param isAsked whether another one than before is chosen */
export async function folderToWrite(isAsked: boolean): Promise<FileSystemDirectoryHandle | undefined> {
  const before = folder.value;
  // What was chosen in this visit is granted already: nobody is asked again.
  if (before && !isAsked && (await permissionFor(before)) === 'granted') return before;
  const chosen = await chooseFolder();
  if (chosen) rememberFolder(chosen);
  return chosen;
}

const permissionFor = async (before: AskableFolder): Promise<PermissionState> =>
  (await before.requestPermission?.({ mode: 'readwrite' })) ?? 'granted';
