/** How many threads compute where nobody says it. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** What is asked about the machine. */
export interface MachineFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Processors that the process may run on. */
  readonly processors: number;
  /** A file's text, or undefined if there is none. */
  read(path: string): string | undefined;
}

const THIS_MACHINE: MachineFacts = {
  env: process.env,
  platform: process.platform,
  processors: availableParallelism(),
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};

/**
 * The threads of an engine: `OMP_NUM_THREADS` as other numerical libraries take it; else one a core that the process may run on, no
 * more than its container may use. The engine's own choice knows neither containers nor their processors, and takes half of
 * the processors for cores, whether or not two are one.
 * @returns undefined, for the engine's own choice, where cores are not known (other systems than Linux).
 */
export function defaultThreads(machine?: MachineFacts): number | undefined {
  if (machine) return threadsOf(machine);
  // Asked for by each engine and each kept measurement.
  ofThisMachine ??= { threads: threadsOf(THIS_MACHINE) };
  return ofThisMachine.threads;
}

let ofThisMachine: { readonly threads: number | undefined } | undefined;

function threadsOf(machine: MachineFacts): number | undefined {
  // Of several numbers, for threads within threads, the first one counts.
  const asked = Number.parseInt(machine.env.OMP_NUM_THREADS ?? '', 10);
  if (asked > 0) return asked;
  if (machine.platform !== 'linux') return undefined;
  return Math.max(1, Math.min(coresOf(machine), Math.floor(quotaOf(machine))));
}

/** Cores among the processors: those that share one are named alike by each of them. */
function coresOf({ processors, read }: MachineFacts): number {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status') ?? '')?.[1];
  if (allowed === undefined) return processors;
  const siblings = processorsOf(allowed).map((index) =>
    read(`/sys/devices/system/cpu/cpu${index}/topology/thread_siblings_list`)?.trim(),
  );
  return siblings.includes(undefined) ? processors : Math.min(processors, new Set(siblings).size);
}

/** The numbers of a list such as `0-3,8`. */
function processorsOf(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: (last as number) - first + 1 }, (_, index) => first + index);
  });
}

/** Where a group's limit of time stands, in both versions of control groups: microseconds of a period of microseconds. */
const QUOTAS: readonly {
  readonly group: RegExp;
  readonly root: string;
  readonly files: readonly string[];
}[] = [
  { group: /^0::(\/.*)$/m, root: '/sys/fs/cgroup', files: ['cpu.max'] },
  {
    group: /^\d+:(?:[\w,]+,)?cpu(?:,[\w,]+)?:(\/.*)$/m,
    root: '/sys/fs/cgroup/cpu',
    files: ['cpu.cfs_quota_us', 'cpu.cfs_period_us'],
  },
];

/** Processors' worth of time that the process's control group and those around it have; infinite without a limit. */
function quotaOf({ read }: MachineFacts): number {
  const groups = read('/proc/self/cgroup') ?? '';
  const quotas = QUOTAS.flatMap(({ group, root, files }) => {
    const parts = (group.exec(groups)?.[1] ?? '').split('/').filter(Boolean);
    return Array.from({ length: parts.length + 1 }, (_, depth) => {
      const folder = [root, ...parts.slice(0, depth)].join('/');
      const words = files.flatMap((file) => (read(`${folder}/${file}`) ?? '').trim().split(' '));
      // Without a limit the first is "max", or -1.
      const [quota, period] = words.map(Number) as [number, number?];
      return quota > 0 && period !== undefined && period > 0 ? quota / period : Number.POSITIVE_INFINITY;
    });
  });
  return Math.min(...quotas);
}
