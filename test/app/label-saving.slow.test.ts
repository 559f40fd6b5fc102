/** Labels that are saved again: what was written stays where it is. */
import { decodeLabelPng } from '../../src/image/png.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadAppModules, type Picture, type Signal, stubBrowser } from '../support/app-modules.ts';
import { FakeIndexedDb } from '../support/fakes/indexed-db.ts';

/** What these tests call of the app. */
interface App {
  readonly restoring: { startLabeling(): () => void; restored(): Promise<void> };
  readonly labeling: {
    readonly labelings: Signal<ReadonlyMap<string, Picture>>;
    readonly classes: Signal<readonly unknown[]>;
    readonly isKept: Signal<boolean>;
    labelingOf(key: string, photo: Picture, isTouched: boolean): Picture;
    put(labeling: Picture): void;
  };
  readonly steps: { paint(now: Picture, spans: readonly number[], id: number): void };
  readonly saving: { saveToFolder(isAsked: boolean): Promise<unknown> };
}

const PLACES: Readonly<Record<keyof App, string>> = {
  restoring: 'label/restoring.ts',
  labeling: 'label/labeling.ts',
  steps: 'label/steps.ts',
  saving: 'label/saving.ts',
};

const IGNORED = 255;
const CLASSES = [
  { name: 'back', color: [0, 0, 0] },
  { name: 'front', color: [200, 0, 0] },
];

let app: App;
let files: Map<string, Uint8Array>;
/** What is done before a file is written. */
let onWrite: (path: string) => void;

/** A folder on a disk, which writes into `files`. */
const folderAt = (path: string): unknown => ({
  name: 'disk',
  getDirectoryHandle: async (name: string) => folderAt(`${path}${name}/`),
  getFileHandle: async (name: string) => ({
    createWritable: async () => ({
      write: async (bytes: Uint8Array) => {
        onWrite(path + name);
        files.set(path + name, bytes);
      },
      close: async () => {},
    }),
  }),
});

async function visit(): Promise<void> {
  app = await loadAppModules<App>(PLACES);
  app.restoring.startLabeling();
  await app.restoring.restored();
}

const keyOf = (letter: string): string => `${letter}.png 2x1 000000000000000${letter}`;

function label(...letters: readonly string[]): void {
  for (const letter of letters) {
    const file = new Blob([letter], { type: 'image/png' });
    const photo = { name: `${letter}.png`, file, width: 2, height: 1, labels: Uint8Array.of(0, 1) };
    app.labeling.put(app.labeling.labelingOf(keyOf(letter), photo, true));
  }
}

const labeling = (letter: string): Picture => app.labeling.labelings.value.get(keyOf(letter)) as Picture;
const save = (): Promise<unknown> => app.saving.saveToFolder(false);
const images = (): readonly string[] => [...files.keys()].filter((path) => path.startsWith('images/')).sort();

beforeEach(async () => {
  const database = new FakeIndexedDb();
  database.kept('classes').set('classes', CLASSES);
  files = new Map();
  onWrite = () => {};
  stubBrowser(database);
  vi.stubGlobal('showDirectoryPicker', async () => folderAt(''));
  await visit();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const FIRST = ['images/train/a.png', 'images/train/b.png', 'images/val/c.png'];

describe('a photograph that was saved', () => {
  beforeEach(async () => {
    label('a', 'b', 'c');
    await save();
    expect(images()).toEqual(FIRST);
  });

  test('stays in its split, however many are saved later', async () => {
    for (const letter of ['d', 'e', 'f']) {
      label(letter);
      await save();
    }
    const stems = images().map((path) => path.replace(/^.*\//, ''));
    expect(new Set(stems).size).toBe(stems.length);
    expect(images()).toEqual([
      ...['a', 'b', 'd', 'f'].map((letter) => `images/train/${letter}.png`),
      ...['c', 'e'].map((letter) => `images/val/${letter}.png`),
    ]);
  });

  test('stays there over a reload', async () => {
    await expect.poll(() => app.labeling.isKept.value).toBe(true);
    await visit();
    label('d');
    await save();
    expect(images()).toEqual(['images/train/a.png', 'images/train/b.png', 'images/train/d.png', 'images/val/c.png']);
  });

  test('is ignored where it was cleared since, in a mask that is written over', async () => {
    app.steps.paint(labeling('a'), [0, 2], IGNORED);
    await save();
    expect(images()).toEqual(FIRST);
    expect([...decodeLabelPng(files.get('masks/train/a.png') as Uint8Array).data]).toEqual([IGNORED, IGNORED]);
  });
});

test('a photograph stays in its split although the disk was full, and it was painted on meanwhile', async () => {
  label('a', 'b', 'c');
  const before = labeling('c');
  onWrite = (path) => {
    if (path === 'masks/val/c.png') throw new Error('The disk is full.');
  };
  await expect(save()).rejects.toThrow('The disk is full.');
  // A stroke that was begun before.
  app.steps.paint(before, [0, 1], 1);
  onWrite = () => {};
  label('d', 'e');
  await save();
  expect(images().filter((path) => path.includes('c.png'))).toEqual(['images/val/c.png']);
  expect([...decodeLabelPng(files.get('masks/val/c.png') as Uint8Array).data]).toEqual([1, 1]);
});
