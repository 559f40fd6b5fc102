/** Processes with less memory than there is, by Linux's control groups. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where each version of control groups keeps them, and what it calls the limit. */
const VERSIONS = [
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
  { root: '/sys/fs/cgroup', limit: 'memory.max' },
] as const;

export interface MemoryGroup {
  /** Starts a process that has the limit together with all that it starts. */
  spawn(command: string, args: readonly string[]): ChildProcess;
  /** Once all its processes have ended. */
  remove(): void;
}

/** A group of processes that have so many bytes together; undefined where this machine lets nobody make one. */
export function memoryGroup(bytes: number): MemoryGroup | undefined {
  for (const { root, limit } of VERSIONS) {
    const group = join(root, `refinenet-test-${process.pid}`);
    try {
      if (!existsSync(root)) continue;
      mkdirSync(group);
      writeFileSync(join(group, limit), String(bytes));
    } catch {
      if (existsSync(group)) rmdirSync(group);
      continue;
    }
    const script = 'echo $$ > "$0" && exec "$@"';
    return {
      spawn: (command, args) => spawn('sh', ['-c', script, join(group, 'cgroup.procs'), command, ...args]),
      remove: () => rmdirSync(group),
    };
  }
  return undefined;
}
