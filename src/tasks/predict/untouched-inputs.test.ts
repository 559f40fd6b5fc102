import { expect, test } from 'vitest';
import { nodeTaskFiles } from '../../platform/node/task-files.ts';
import type { PredictRequest } from './request.ts';
import { assertInputsUntouched } from './untouched-inputs.ts';

const check = (paths: readonly string[], output: string, formats: PredictRequest['formats'] = []) =>
  assertInputsUntouched(
    paths.map((path) => ({ path, name: path.replace(/^.*\/|\.\w+$/g, '') })),
    { output, formats },
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
      { output: '.', formats: ['confidence'] },
      nodeTaskFiles,
    ),
  ).rejects.toThrow('Results would be written over images: a.confidence.png (by results of a.jpg).');
});

test('results beside images that they are not written over are welcome', async () => {
  await expect(check(['photos/a.jpg', 'photos/b.webp'], 'photos', ['masks', 'rle'])).resolves.toBeUndefined();
  await expect(check(['photos/a.png'], 'out')).resolves.toBeUndefined();
});
