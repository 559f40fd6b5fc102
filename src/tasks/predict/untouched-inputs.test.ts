import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeTaskFiles } from '../../platform/node/task-files.ts';
import type { PredictRequest } from './request.ts';
import { assertInputsUntouched } from './untouched-inputs.ts';

const request = (output: string, formats: PredictRequest['formats'], probabilities = false) => ({
  output,
  formats,
  probabilities,
  logits: false,
});

const check = (paths: readonly string[], output: string, formats: PredictRequest['formats'] = []) =>
  assertInputsUntouched(
    paths.map((path) => ({ path, name: path.replace(/^.*\/|\.\w+$/g, '') })),
    request(output, formats),
    nodeTaskFiles,
  );

test.each([
  ['its own mask', ['photos/a.png'], 'photos', 'photos/a.png'],
  ['its own mask, by another way of writing the folder', ['photos/a.png'], './x/../photos', 'photos/a.png'],
  ['its own mask on disks that know no cases', ['photos/A.PNG'], 'photos', 'photos/A.PNG'],
  ["another's overlay", ['photos/a.jpg', 'photos/a.overlay.png'], 'photos', 'photos/a.overlay.png'],
])('an image is not written over by %s', async (_, paths, output, said) => {
  await expect(check(paths, output)).rejects.toThrow(`Results would be written over images: ${said}`);
  await expect(check(paths, output)).rejects.toThrow('Name another folder with --output.');
});

test('what is written by request counts as well', async () => {
  const paths = ['a.jpg', 'a.confidence.png'];
  await expect(check(paths, '.')).rejects.toThrow('a.confidence.png');
  await expect(check(paths.slice(0, 1), '.', ['confidence'])).resolves.toBeUndefined();
  await expect(
    assertInputsUntouched(
      [
        { path: 'a.jpg', name: 'a' },
        { path: 'a.confidence.png', name: 'b' },
      ],
      request('.', ['confidence']),
      nodeTaskFiles,
    ),
  ).rejects.toThrow('Results would be written over images: a.confidence.png (by results of a.jpg).');
});

test('masks of classes count as well, whatever classes the model has', async () => {
  const paths = ['photos/a.jpg', 'photos/a.mask-2-cat.png'];
  await expect(check(paths, 'photos', ['masks'])).rejects.toThrow(
    'Results would be written over images: photos/a.mask-2-cat.png (by results of photos/a.jpg)',
  );
  await expect(check(['photos/a.jpg', 'photos/ab.mask-2-cat.png'], 'photos', ['masks'])).rejects.toThrow(
    'Results would be written over images: photos/ab.mask-2-cat.png. Name',
  );
});

test('results beside images that they are not written over are welcome', async () => {
  await expect(check(['photos/a.jpg', 'photos/b.webp'], 'photos', ['masks', 'rle'])).resolves.toBeUndefined();
  await expect(check(['photos/a.png'], 'out')).resolves.toBeUndefined();
});

describe('an image is not written over through links', () => {
  test.each<[string, readonly string[], string]>([
    ['its folder is named by one', ['sym/x.png'], 'real'],
    ['the folder of results is one', ['real/x.png'], 'sym'],
    ['the folder of results is to be made in one', ['real/new/../x.png'], 'sym/new/..'],
    ['its path leads out of one', ['away/../x.png'], 'real'],
    ['it is one itself', ['other/x.png'], 'real'],
    ['it is one itself, in the place of a result', ['other/x.png'], 'other'],
  ])('where %s', async (_, paths, output) => {
    const root = await mkdtemp(join(tmpdir(), 'refinenet links-'));
    try {
      for (const folder of ['real', 'other']) await mkdir(join(root, folder));
      await writeFile(join(root, 'real/x.png'), '');
      await mkdir(join(root, 'real/deep'));
      await symlink('real', join(root, 'sym'));
      await symlink('real/deep', join(root, 'away'));
      await symlink('../real/x.png', join(root, 'other/x.png'));
      const inRoot = (path: string) => `${root}/${path}`;
      await expect(check(paths.map(inRoot), inRoot(output))).rejects.toThrow('Results would be written over images: ');
      await expect(check(paths.map(inRoot), inRoot('out'))).resolves.toBeUndefined();
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
