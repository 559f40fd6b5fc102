/** Runs whose tab was closed before the first checkpoint. */
import type { RunStorage } from '../../../training/run/storage.ts';
import { readRun } from '../../../training/run/trainer.ts';
import { opfsStorage } from './opfs-storage.ts';
import { folderIn, whileFree } from './runs-folder.ts';

/** Whether a run has a first checkpoint to go on from; what cannot be read may be one. */
export const hasBegun = (storage: RunStorage): Promise<boolean> =>
  readRun(storage).then(
    (saved) => saved !== undefined,
    () => true,
  );

/** Deletes what is left of runs that never began and that no tab works on: nothing shows them, and their images take room. */
export async function removeUnbegun(runs: FileSystemDirectoryHandle): Promise<void> {
  const names: string[] = [];
  for await (const [name] of runs) names.push(name);
  const isLeft = async (name: string): Promise<boolean> => {
    const folder = await folderIn(runs, name);
    return folder !== undefined && !(await hasBegun(opfsStorage(folder)));
  };
  for (const name of names) {
    if (!(await isLeft(name))) continue;
    await whileFree(name, async () => {
      // Until now its tab may have been at the first checkpoint.
      if (await isLeft(name)) await runs.removeEntry(name, { recursive: true }).catch(() => {});
    });
  }
}
