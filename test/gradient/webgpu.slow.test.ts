/** Every gradient rule against finite differences, on the WebGPU provider with a driver in software. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { missingSoftwareWebgpu, SOFTWARE_WEBGPU } from '../support/software-webgpu.ts';
import { CASES } from './cases.ts';

const CHILD = fileURLToPath(new URL('webgpu-child.ts', import.meta.url));

interface Line {
  readonly title: string;
  readonly elsewhere: readonly string[];
  readonly problems: readonly string[];
}

describe('on WebGPU in software', () => {
  test.skipIf(missingSoftwareWebgpu)(
    `gradients are those of finite differences, and the provider runs their operators${missingSoftwareWebgpu}`,
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD], {
        env: { ...process.env, ...SOFTWARE_WEBGPU },
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
