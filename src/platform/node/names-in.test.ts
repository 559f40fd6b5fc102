import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namesIn } from './names-in.ts';

test('the names in a folder are those of its files and of links to files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'refinenet names-'));
  try {
    await mkdir(join(root, 'folder'));
    await writeFile(join(root, 'folder/deep.png'), '');
    await writeFile(join(root, 'a.png'), '');
    await symlink('a.png', join(root, 'b.png'));
    await symlink('folder', join(root, 'c.png'));
    await symlink('nothing', join(root, 'd.png'));
    expect([...(await namesIn(root))].sort()).toEqual(['a.png', 'b.png']);
    expect(await namesIn(join(root, 'nowhere'))).toEqual([]);
    expect(await namesIn(join(root, 'a.png'))).toEqual([]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
