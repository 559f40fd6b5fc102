/** Every gradient rule against finite differences, on the WebGPU provider with a driver in software. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CASES } from './cases.ts';

/** The Vulkan driver in software that Debian's chromium brings. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const CHILD = fileURLToPath(new URL('webgpu-child.ts', import.meta.url));

interface Line {
  readonly title: string;
  readonly elsewhere: readonly string[];
  readonly problems: readonly string[];
}

describe('on WebGPU in software', () => {
  test.skipIf(!existsSync(DRIVER))(
    `gradients are those of finite differences, and the provider runs their operators (needs ${DRIVER})`,
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD], {
        env: { ...process.env, VK_ICD_FILENAMES: DRIVER },
        maxBuffer: 1 << 24,
      });
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
      expect(lines.map(({ title }) => title)).toEqual(CASES.map(({ title }) => title));
      expect(lines.flatMap(({ problems }) => problems)).toEqual([]);
      expect(
        lines.filter(({ elsewhere }) => elsewhere.length > 0).map(({ title, elsewhere }) => [title, elsewhere]),
      ).toEqual(
        CASES.filter(({ leftByWebgpu }) => leftByWebgpu).map(({ title, leftByWebgpu }) => [title, leftByWebgpu]),
      );
    },
    900_000,
  );
});
