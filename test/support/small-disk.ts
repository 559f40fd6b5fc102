/** A file system that is soon full. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export interface SmallDisk {
  /** Gives it more room. */
  grow(kibibytes: number): void;
  /** Takes it away, once nobody uses it. */
  remove(): void;
}

/** Mounts one of so many KiB in memory at a folder, which is made; undefined where this machine lets nobody. */
export function smallDisk(folder: string, kibibytes: number): SmallDisk | undefined {
  mkdirSync(folder);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]);
  if (status !== 0) return undefined;
  return {
    grow: (more) => void spawnSync('mount', ['-o', `remount,size=${more}k`, folder]),
    remove: () => void spawnSync('umount', [folder]),
  };
}
