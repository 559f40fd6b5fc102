import { expect, test } from 'vitest';
import { defaultThreads, type MachineFacts } from './default-threads.ts';

/** A machine with these files; `siblings` names the processors of each one's core. */
const machineOf = (
  siblings: readonly string[],
  {
    allowed = `0-${siblings.length - 1}`,
    files = {},
    ...others
  }: Partial<MachineFacts> & {
    readonly allowed?: string;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): MachineFacts => ({
  env: {},
  platform: 'linux',
  processors: siblings.length,
  read(path) {
    if (path === '/proc/self/status') return `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}\n`;
    const index = /cpu(\d+)\/topology\/thread_siblings_list$/.exec(path)?.[1];
    return index === undefined ? files[path] : `${siblings[Number(index)]}\n`;
  },
  ...others,
});

const FOUR_CORES = ['0,4', '1,5', '2,6', '3,7', '0,4', '1,5', '2,6', '3,7'];

test.each([
  ['one a core where each processor is one', machineOf(['0', '1']), 2],
  ['one a core where two processors share it', machineOf(FOUR_CORES), 4],
  ['no more than cores that the process may run on', machineOf(FOUR_CORES, { allowed: '0-1,4', processors: 3 }), 2],
  ['one at least', machineOf(['0'], { processors: 1 }), 1],
  ['a processor each where the machine does not say', machineOf(FOUR_CORES, { read: () => undefined }), 8],
  ['what is asked of all numerical libraries', machineOf(FOUR_CORES, { env: { OMP_NUM_THREADS: '3' } }), 3],
  ['the first of several that are asked', machineOf(FOUR_CORES, { env: { OMP_NUM_THREADS: '2,4' } }), 2],
  ['not what is no number', machineOf(FOUR_CORES, { env: { OMP_NUM_THREADS: 'all' } }), 4],
  ['not none', machineOf(FOUR_CORES, { env: { OMP_NUM_THREADS: '0' } }), 4],
  ["the engine's own choice on other systems", machineOf(FOUR_CORES, { platform: 'darwin' }), undefined],
])('threads are %s', (_, machine, threads) => {
  expect(defaultThreads(machine)).toBe(threads);
});

test.each([
  ['its container', '/', { '/sys/fs/cgroup/cpu.max': '250000 100000\n' }, 2],
  ['less than one core', '/', { '/sys/fs/cgroup/cpu.max': '50000 100000\n' }, 1],
  ['no limit', '/', { '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, 4],
  ['a service', '/system.slice/a.service', { '/sys/fs/cgroup/system.slice/a.service/cpu.max': '300000 100000\n' }, 3],
  [
    'a container of the first version',
    '/',
    { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' },
    2,
  ],
  [
    'no limit in the first version',
    '/',
    { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' },
    4,
  ],
  ['what is around it', '/pods/one', { '/sys/fs/cgroup/pods/cpu.max': '100000 100000\n' }, 1],
])('threads are no more than the share of %s', (_, path, limits, threads) => {
  const files = { '/proc/self/cgroup': `1:cpu:/\n0::${path}\n`, ...limits };
  expect(defaultThreads(machineOf(FOUR_CORES, { files }))).toBe(threads);
});
