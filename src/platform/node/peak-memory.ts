/** How much memory this process took at most. */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Begins a new peak at the memory that is taken now.
 * @returns false where the system cannot: the peak is then that since the process began. Linux can.
 */
export function restartPeakMemory(): boolean {
  try {
    // 5 stands for the peak alone, proc(5).
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

/** Resident bytes at most since the last restart. */
export function peakMemory(): number {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
