import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RefineNetError, UsageError } from '../../errors.ts';
import { expandInputs, writeFileAtomically } from './files.ts';
import { withDistinctNames } from './output-names.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet files '));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function make(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  }
}

/** The images found, as "path > name", paths relative to the temporary folder. */
async function expanded(...inputs: readonly string[]): Promise<string[]> {
  const found = await expandInputs(inputs.map((input) => join(root, input)));
  return found.map(({ path, name }) => `${relative(root, path).replaceAll('\\', '/')} > ${name}`);
}

describe('writeFileAtomically', () => {
  it('writes parts one after the other, making folders', async () => {
    const path = join(root, 'a b', '結果', 'x.bin');
    await writeFileAtomically(path, [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(dirname(path))).toEqual(['x.bin']);
  });

  it('replaces a file', async () => {
    const path = join(root, 'x');
    await writeFileAtomically(path, Uint8Array.of(1, 2, 3));
    await writeFileAtomically(path, Uint8Array.of(9));
    expect([...(await readFile(path))]).toEqual([9]);
  });

  it('writes a part that is a view of a larger memory', async () => {
    const path = join(root, 'x');
    await writeFileAtomically(path, Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    expect([...(await readFile(path))]).toEqual([2, 3]);
  });

  it('leaves nothing behind, and the old file as it was, if it fails', async () => {
    await make('folder/inside');
    await expect(writeFileAtomically(join(root, 'folder'), Uint8Array.of(1))).rejects.toThrow(RefineNetError);
    await writeFile(join(root, 'kept'), 'old');
    const parts = [Uint8Array.of(1), 3 as unknown as Uint8Array];
    await expect(writeFileAtomically(join(root, 'kept'), parts)).rejects.toThrow(
      /kept: cannot be written \(.*\)\. Check the folder, its rights and the space left\.$/,
    );
    expect(await readFile(join(root, 'kept'), 'utf8')).toBe('old');
    expect((await readdir(root)).toSorted()).toEqual(['folder', 'kept']);
  });
});

describe('expandInputs', () => {
  it("says once how many images of which formats are passed over, in folders and among a pattern's files", async () => {
    await make('in/a.jpg', 'in/b.bmp', 'in/deep/c.GIF', 'in/d.gif', 'in/notes.txt', 'in/e.npy', 'f.heic', 'named.gif');
    const said: string[] = [];
    const onPassedOver = (message: string) => void said.push(message);
    await expect(expandInputs([join(root, 'in'), join(root, '*.heic')], { onPassedOver })).rejects.toThrow(
      /none of the 1 files that match is an image\. Looked for .*; 1 file is of a format that is not read \(1 \.heic\), and passed over\.$/,
    );
    expect(said).toEqual([]);
    const found = await expandInputs([join(root, 'in'), join(root, 'in/*'), join(root, 'named.gif')], { onPassedOver });
    expect(found.map(({ path }) => relative(root, path))).toEqual(['in/a.jpg', 'named.gif']);
    expect(said).toEqual([
      '3 files are of a format that is not read (2 .gif, 1 .bmp), and passed over. Convert them to JPEG or PNG.',
    ]);
  });

  it('names results in one Unicode form, opens files by the one that the disk has, and patterns fit both', async () => {
    const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];
    await make(`${decomposed}.jpg`);
    for (const input of [`${decomposed}.jpg`, '', `${composed}*`]) {
      expect(await expanded(input)).toEqual([`${decomposed}.jpg > ${composed}`]);
    }
  });

  it('takes files in the order given, whatever their extension', async () => {
    await make('b.jpg', 'a.jpg', 'scan');
    expect(await expanded('b.jpg', 'scan', 'a.jpg')).toEqual(['b.jpg > b', 'scan > scan', 'a.jpg > a']);
  });

  it('takes the images in a folder and the folders in it, sorted, with their folders in the name', async () => {
    await make(
      'in/b/x.jpg',
      'in/a/x.jpg',
      'in/c.PNG',
      'in/notes.txt',
      'in/.hidden.jpg',
      'in/.git/y.jpg',
      'in/a.b.webp',
    );
    expect(await expanded('in')).toEqual(['in/a.b.webp > a.b', 'in/a/x.jpg > a/x', 'in/b/x.jpg > b/x', 'in/c.PNG > c']);
  });

  it('takes names with spaces, brackets and Japanese characters', async () => {
    await make('my photos/猫 [1].jpg', 'my photos/犬.png');
    expect(await expanded('my photos')).toEqual(['my photos/犬.png > 犬', 'my photos/猫 [1].jpg > 猫 [1]']);
    expect(await expanded('my photos/? [1].*', 'my photos/猫 [1].jpg')).toEqual(['my photos/猫 [1].jpg > 猫 [1]']);
  });

  it('tells x.jpg and x.png apart', async () => {
    await make('in/x.jpg', 'in/x.png', 'in/y.png');
    expect(await expanded('in')).toEqual(['in/x.jpg > x-jpg', 'in/x.png > x-png', 'in/y.png > y']);
  });

  it('tells names apart that differ by case only', async () => {
    await make('in/x.jpg', 'in/X.png');
    expect((await expanded('in')).toSorted()).toEqual(['in/X.png > X-png', 'in/x.jpg > x-jpg']);
  });

  it('tells files of one name in different folders apart by the folders', async () => {
    await make('p/a/x.jpg', 'p/b/x.jpg', 'q/y.jpg');
    expect(await expanded('p/a/x.jpg', 'q/y.jpg', 'p/b/x.jpg')).toEqual([
      'p/a/x.jpg > a/x',
      'q/y.jpg > y',
      'p/b/x.jpg > b/x',
    ]);
    expect(await expanded('p/a', 'p/b')).toEqual(['p/a/x.jpg > a/x', 'p/b/x.jpg > b/x']);
  });

  it('takes each image once', async () => {
    await make('in/x.jpg');
    expect(await expanded('in', 'in/x.jpg', 'in/../in/*.jpg')).toEqual(['in/x.jpg > x']);
    await make('in/a/y.jpg');
    expect(await expanded('in/a/../a', 'in')).toEqual(['in/a/y.jpg > y', 'in/x.jpg > x']);
  });

  it('follows links, but not in circles', async () => {
    await make('elsewhere/x.jpg', 'in/y.jpg');
    await symlink(join(root, 'elsewhere'), join(root, 'in', 'link'));
    await symlink(join(root, 'in'), join(root, 'in', 'circle'));
    await symlink(join(root, 'nowhere'), join(root, 'in', 'broken.jpg'));
    await symlink(join(root, 'in', 'itself.jpg'), join(root, 'in', 'itself.jpg'));
    expect(await expanded('in')).toEqual(['in/link/x.jpg > link/x', 'in/y.jpg > y']);
  });

  describe('with patterns', () => {
    beforeEach(() => make('in/a/1.jpg', 'in/a/2.png', 'in/a/deep/3.jpg', 'in/b/4.jpg', 'in/b/.5.jpg', 'in/6.txt'));

    const PATTERNS: Readonly<Record<string, readonly string[]>> = {
      'in/a/*.jpg': ['in/a/1.jpg > 1'],
      'in/*/*.jpg': ['in/a/1.jpg > a/1', 'in/b/4.jpg > b/4'],
      'in/**/*.jpg': ['in/a/1.jpg > a/1', 'in/a/deep/3.jpg > a/deep/3', 'in/b/4.jpg > b/4'],
      'in/**': ['in/a/1.jpg > a/1', 'in/a/2.png > a/2', 'in/a/deep/3.jpg > a/deep/3', 'in/b/4.jpg > b/4'],
      '**/**/3.jpg': ['in/a/deep/3.jpg > in/a/deep/3'],
      'in/a/?.{jpg,png}': ['in/a/1.jpg > 1', 'in/a/2.png > 2'],
      'in/{a,b}/{1,4}.jpg': ['in/a/1.jpg > a/1', 'in/b/4.jpg > b/4'],
      'in/{a/{deep/3,1},b/4}.jpg': ['in/a/1.jpg > a/1', 'in/a/deep/3.jpg > a/deep/3', 'in/b/4.jpg > b/4'],
      'in/a/{1.jpg,../b/4.jpg}': ['in/a/1.jpg > 1', 'in/b/4.jpg > 4'],
      'in/b/.*.jpg': ['in/b/.5.jpg > .5'],
    };
    for (const [pattern, expected] of Object.entries(PATTERNS)) {
      it(`expands ${pattern}`, async () => {
        expect(await expanded(pattern)).toEqual(expected);
      });
    }

    it('expands patterns relative to the working folder', async () => {
      const pattern = `${relative(resolve('.'), root)}/in/b/*`;
      expect((await expandInputs([pattern])).map(({ name }) => name)).toEqual(['4']);
    });
  });

  it('says what is wrong with every input at once', async () => {
    await make('empty/notes.txt');
    const at = (path: string) => join(root, path);
    await expect(expandInputs([at('missing.jpg'), at('empty'), at('*.jpg'), at('empty/*')])).rejects.toThrow(
      new UsageError(
        [
          `${at('missing.jpg')}: no such file or folder. Check the path (the working folder is ${resolve('.')}).`,
          `${at('empty')}: no images in this folder or the folders in it. Looked for jpg, jpeg, png, webp, tif, tiff, avif.`,
          `${at('*.jpg')}: nothing matches this pattern. Check it, and that it is quoted if it has spaces.`,
          `${at('empty/*')}: none of the 1 files that match is an image. Looked for jpg, jpeg, png, webp, tif, tiff, avif.`,
        ].join('\n'),
      ),
    );
    await expect(expandInputs([])).rejects.toThrow(
      new UsageError('No input was given. Give images, folders or patterns such as "photos/**/*.jpg".'),
    );
  });

  it('refuses braces that stand for very many patterns', async () => {
    await expect(expandInputs(['{a,b,c,d}'.repeat(6)])).rejects.toThrow(
      'the braces stand for more than 1000 patterns. Use * instead.',
    );
  });
});

describe('withDistinctNames', () => {
  it('numbers what the extension does not tell apart', () => {
    const inputs = ['x-jpg.tif', 'x.jpg', 'x.png'].map((path) => ({ path, name: path.replace(/\.\w+$/, '') }));
    expect(withDistinctNames(inputs).map(({ name }) => name)).toEqual(['x-jpg', 'x-jpg-2', 'x-png']);
  });

  it("tells an image apart from one that is called as another's result", () => {
    const inputs = ['x.jpg', 'x.overlay.jpg', 'y.jpg', 'z.mask-1-road.png'].map((path) => ({
      path,
      name: path.replace(/\.\w+$/, ''),
    }));
    expect(withDistinctNames(inputs).map(({ name }) => name)).toEqual(['x', 'x.overlay-jpg', 'y', 'z.mask-1-road']);
    const masks = ['z.mask-0-sky.png', 'z.mask-1-road.png'];
    const named = masks.map((path) => ({ path, name: path.replace('.png', '') }));
    expect(withDistinctNames(named)).toEqual(named);
    expect(withDistinctNames([...named, { path: 'z.jpg', name: 'z' }]).map(({ name }) => name)).toEqual([
      'z.mask-0-sky-png',
      'z.mask-1-road-png',
      'z',
    ]);
  });
});
