import { defineConfig } from 'vitest/config';

const TESTS = ['src/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'];
const SLOW = '**/*.slow.test.ts';

const every = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // picocolors colors wherever CI is set; the texts that tests expect are plain.
  // Two processes test at once, and engines whose threads wait for each other on busy cores take longer than one thread.
  env: { NO_COLOR: '1', OMP_NUM_THREADS: '1' },
};

export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    maxWorkers: 2,
    projects: [
      // Most of these take less time than to start a process and load the engine in it: all share two processes.
      { test: { ...every, name: 'fast', include: TESTS, exclude: [SLOW], isolate: false } },
      // Beside other work a minute of computing takes several.
      { test: { ...every, name: 'slow', include: [SLOW], testTimeout: 600_000, hookTimeout: 600_000 } },
    ],
  },
});
