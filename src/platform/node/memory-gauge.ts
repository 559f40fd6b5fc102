/** How much memory this process takes, and took at most. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MemoryGauge } from '../../measurement/machine.ts';

export const memoryGauge: MemoryGauge = {
  taken: () => process.memoryUsage.rss(),

  collectGarbage() {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  },

  restartPeak() {
    try {
      // 5 stands for the peak alone, proc(5).
      writeFileSync('/proc/self/clear_refs', '5');
      return true;
    } catch {
      return false;
    }
  },

  peak() {
    try {
      const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
      if (kibibytes !== undefined) return Number(kibibytes) * 1024;
    } catch {
      // Not Linux.
    }
    return process.resourceUsage().maxRSS * 1024;
  },
};
