/** The processes that this one started, and those that they started. */
import { execFileSync } from 'node:child_process';

export interface ChildProcess {
  readonly pid: number;
  /** Memory that it has at the moment, in kilobytes. */
  readonly kilobytes: number;
  readonly command: string;
}

export function childProcesses(): readonly ChildProcess[] {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid=,rss=,args='], { encoding: 'utf8', maxBuffer: 2 ** 24 })
    .trim()
    .split('\n')
    .map((line) => line.trim().match(/^(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/))
    .flatMap((found) => (found ? [found] : []))
    .map(([, pid, parent, kilobytes, command]) => ({
      pid: Number(pid),
      parent: Number(parent),
      kilobytes: Number(kilobytes),
      command: command as string,
    }));
  const mine = new Set([process.pid]);
  for (let size = 0; size !== mine.size; ) {
    size = mine.size;
    for (const { pid, parent } of all) if (mine.has(parent)) mine.add(pid);
  }
  return all.filter(({ pid }) => pid !== process.pid && mine.has(pid));
}
