/** What the app keeps of labels, and what it takes up of it: with storage that fails, and with somebody who is faster. */
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeLabelPng, encodePng } from '../../src/image/png.ts';
import { image } from '../../src/image/image.ts';
import { labelMap } from '../../src/image/label-map.ts';
import { loadAppModules, type Picture, type Signal, stubBrowser } from '../support/app-modules.ts';
import { FakeIndexedDb } from '../support/fakes/indexed-db.ts';

interface Folder {
  readonly name: string;
}

/** What these tests call of the app, whose own types are a browser's. */
interface App {
  readonly restoring: { startLabeling(): () => void; restored(): Promise<void> };
  readonly opening: {
    openList(files: readonly File[]): Promise<string | undefined>;
    openFolder(): Promise<string | undefined>;
  };
  readonly kept: { keptPictures(): Promise<readonly (readonly [string, Picture])[]> };
  readonly folder: { readonly folder: Signal<Folder | undefined>; restoreFolder(): Promise<void> };
  readonly labeling: {
    readonly labelings: Signal<ReadonlyMap<string, Picture>>;
    readonly classes: Signal<readonly { readonly name: string }[]>;
    readonly labelFault: Signal<string>;
  };
  readonly classes: { beginAnew(classes: readonly unknown[]): Promise<void> };
  readonly photos: { readonly photos: Signal<readonly { readonly name: string; readonly file: Blob }[]> };
  readonly models: {
    readonly models: Signal<readonly { readonly name: string; readonly source: unknown }[]>;
    readonly modelFault: Signal<string>;
  };
  readonly taking: {
    takeFiles(files: readonly File[]): void;
    takeAsDataset(taker: (files: readonly File[]) => boolean): void;
  };
}

const PLACES: Readonly<Record<keyof App, string>> = {
  restoring: 'label/restoring.ts',
  opening: 'label/opening.ts',
  kept: 'label/kept.ts',
  folder: 'label/folder.ts',
  labeling: 'label/labeling.ts',
  classes: 'label/classes.ts',
  photos: 'state/photos.ts',
  models: 'state/models.ts',
  taking: 'state/taking.ts',
};

let database: FakeIndexedDb;
let app: App;
/** What was asked, and the files that were decoded. */
let asked: string[];
let decoded: string[];

const PICTURES = 'pictures';
const SKY = { name: 'sky', color: [1, 2, 3] };

/** The content is the name, where there is none. */
const picture = (name: string, file = new Blob([name])): Picture => ({
  name,
  file,
  width: 2,
  height: 1,
  labels: Uint8Array.of(0, 1),
});

const unreadable = (file: Blob): Blob =>
  Object.assign(file, { arrayBuffer: () => Promise.reject(new Error('The file is gone.')) });

/** A file that is read once it is given. */
function slowFile(): { readonly file: Blob; readonly isAsked: () => boolean; readonly give: () => void } {
  let take: ((content: ArrayBuffer) => void) | undefined;
  const arrayBuffer = (): Promise<ArrayBuffer> =>
    new Promise((resolve) => {
      take = resolve;
    });
  const file = Object.assign(new Blob(['slow']), { arrayBuffer });
  return { file, isAsked: () => take !== undefined, give: () => take?.(new ArrayBuffer(4)) };
}

const keep = (key: string, kept: Picture): unknown => database.kept(PICTURES).set(key, kept);
const keys = (): string[] => [...database.kept(PICTURES).keys()];
const labeled = (): string[] => [...app.labeling.labelings.value.keys()];
const names = (): string[] => app.photos.photos.value.map(({ name }) => name);

const PNG = encodePng(image(2, 1, new Uint8Array(6).fill(90)));
const MASK = encodeLabelPng(labelMap(2, 1, Uint8Array.of(0, 1)), [
  [0, 0, 0],
  [200, 0, 0],
]);

const MASKS = 'path: .\ntrain: images/train\nmasks_dir: masks\nnames:\n  0: "back"\n  1: "front"\n';
const SAVED = { 'data.yaml': MASKS, 'images/train/a.png': PNG, 'masks/train/a.png': MASK };

/** Files of a folder that was chosen. */
const filesOf = (content: Readonly<Record<string, string | Uint8Array>>): File[] =>
  Object.entries(content).map(([path, each]) => {
    const file = new File([each as string], path.replace(/^.*\//, ''));
    return Object.defineProperty(file, 'webkitRelativePath', { value: `given/${path}` });
  });

/** A folder on a disk. */
function handleOf(content: Readonly<Record<string, string | Uint8Array>>): Folder {
  type Handle = { readonly kind: string };
  const entries = new Map<string, Handle>();
  const inner = new Map<string, Record<string, string | Uint8Array>>();
  for (const [path, each] of Object.entries(content)) {
    const [first = '', ...rest] = path.split('/');
    if (rest.length > 0) inner.set(first, { ...inner.get(first), [rest.join('/')]: each });
    else
      entries.set(first, Object.assign({ kind: 'file' }, { getFile: async () => new File([each as string], first) }));
  }
  for (const [first, files] of inner) entries.set(first, handleOf(files) as unknown as Handle);
  const walk = async function* () {
    yield* entries;
  };
  return Object.assign({ kind: 'directory', name: 'disk' }, { [Symbol.asyncIterator]: walk });
}

beforeEach(async () => {
  database = new FakeIndexedDb();
  asked = [];
  decoded = [];
  stubBrowser(database, decoded);
  vi.stubGlobal('confirm', (text: string) => {
    asked.push(text);
    return true;
  });
  app = await loadAppModules<App>(PLACES);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Takes up what is kept, in a page that begins with a cat. */
async function restore(): Promise<void> {
  app.restoring.startLabeling();
  await app.restoring.restored();
  app.photos.photos.value = [{ name: 'cat.webp', file: new Blob(['cat']) }];
}

describe('what was kept', () => {
  beforeEach(() => {
    database.kept('classes').set('classes', [SKY]);
  });

  test('is taken up, after what the page begins with', async () => {
    keep('a.png 2x1 0123456789abcdef', picture('a.png'));
    await restore();
    expect(labeled()).toEqual(['a.png 2x1 0123456789abcdef']);
    expect(app.labeling.classes.value).toEqual([SKY]);
    await expect.poll(names).toEqual(['cat.webp', 'a.png']);
    expect(app.labeling.labelFault.value).toBe('');
  });

  test('by names and sizes alone is kept by content from then on, one picture after the other', async () => {
    for (const name of ['a.png', 'b.png', 'c.png']) keep(`${name} 2x1`, picture(name));
    let most = 0;
    database.onEnd = () => {
      most = Math.max(most, keys().length);
    };
    await restore();
    expect(labeled().map((key) => key.replace(/[\da-f]{16}$/, '#'))).toEqual([
      'a.png 2x1 #',
      'b.png 2x1 #',
      'c.png 2x1 #',
    ]);
    expect(keys()).toEqual(labeled());
    expect(most).toBe(3);
  });

  test('is taken up although there is no room to keep one of it by its content', async () => {
    for (const name of ['a.png', 'b.png']) keep(`${name} 2x1`, picture(name));
    database.fault = (kind, key) => (kind === 'put' && key.startsWith('a.png') ? new Error('No room.') : undefined);
    await restore();
    expect(labeled()).toHaveLength(2);
    for (const key of labeled()) expect(key).toMatch(/ [\da-f]{16}$/);
    expect(keys()).toEqual(['a.png 2x1', labeled()[1]]);
    expect(app.labeling.labelFault.value).toBe('No room.');
    await expect.poll(names).toEqual(['cat.webp', 'a.png', 'b.png']);
  });

  test('is taken up although one of its files cannot be read any longer, or an empty one not be forgotten', async () => {
    keep('a.png 2x1', picture('a.png', unreadable(new Blob(['a']))));
    keep('b.png 2x1', picture('b.png', new Blob([])));
    keep('c.png 2x1 0123456789abcdef', picture('c.png'));
    database.fault = (kind) => (kind === 'delete' ? new Error('No way.') : undefined);
    await restore();
    expect(labeled()).toEqual(['a.png 2x1', 'c.png 2x1 0123456789abcdef']);
    expect(keys()).toHaveLength(3);
  });

  test('by its name does not take the place of what was labeled since', async () => {
    keep('a.png 2x1', picture('a.png'));
    database.fault = (kind) => (kind === 'put' ? new Error('No room.') : undefined);
    await restore();
    const [own = ''] = labeled();
    const newer = { ...picture('a.png'), labels: Uint8Array.of(1, 1) };
    keep(own, newer);
    database.fault = () => undefined;
    app = await loadAppModules<App>(PLACES);
    await restore();
    expect([...database.kept(PICTURES)]).toEqual([[own, newer]]);
  });

  test('is dropped where all is begun anew before it was taken up', async () => {
    const slow = slowFile();
    keep('a.png 2x1', picture('a.png', slow.file));
    app.restoring.startLabeling();
    await expect.poll(slow.isAsked).toBe(true);
    await app.classes.beginAnew([{ name: 'other', color: [0, 0, 0] }]);
    slow.give();
    await app.restoring.restored();
    expect(labeled()).toEqual([]);
    expect(keys()).toEqual([]);
    expect(app.labeling.classes.value.map(({ name }) => name)).toEqual(['other']);
  });

  test('is of one time, whatever another tab does', async () => {
    keep('a.png 2x1', picture('a.png'));
    keep('b.png 2x1', picture('b.png'));
    database.onEnd = () => void database.kept(PICTURES).delete('a.png 2x1');
    const found = await app.kept.keptPictures();
    expect(found.map(([key, { name }]) => [key, name])).toEqual([
      ['a.png 2x1', 'a.png'],
      ['b.png 2x1', 'b.png'],
    ]);
  });

  test('of folders does not take the place of one that is chosen meanwhile', async () => {
    database.kept('classes').set('folder', { name: 'before' });
    const restoring = app.folder.restoreFolder();
    app.folder.folder.value = { name: 'now' };
    await restoring;
    expect(app.folder.folder.value).toEqual({ name: 'now' });
  });
});

describe('a data set that is opened', () => {
  test('deletes nothing where one of its files cannot be read', async () => {
    keep('a.png 2x1 0123456789abcdef', picture('a.png'));
    await restore();
    const { arrayBuffer } = Blob.prototype;
    let reads = 0;
    // Reading the data set is the first time, and its content the second one.
    vi.spyOn(File.prototype, 'arrayBuffer').mockImplementation(function (this: File) {
      if (this.name === 'a.png' && this.type !== '' && ++reads > 1) return Promise.reject(new Error('It is gone.'));
      return arrayBuffer.call(this);
    });
    expect(await app.opening.openList(filesOf(SAVED))).toBeUndefined();
    vi.restoreAllMocks();
    expect(app.labeling.labelFault.value).toBe('It is gone.');
    expect(keys()).toEqual(['a.png 2x1 0123456789abcdef']);
    expect(labeled()).toEqual(['a.png 2x1 0123456789abcdef']);
  });

  test('takes the place of what was kept only after a question, however early it is opened', async () => {
    const slow = slowFile();
    keep('old.png 2x1', picture('old.png', slow.file));
    database.kept('classes').set('classes', [SKY]);
    app.restoring.startLabeling();
    const opened = app.opening.openList(filesOf(SAVED));
    await expect.poll(() => decoded, { timeout: 60_000 }).toEqual(['a.png']);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(keys()).toEqual(['old.png 2x1']);
    slow.give();
    expect(await opened).toBe('One labeled photograph of given was opened.');
    expect(asked).toHaveLength(1);
    expect(labeled()).toEqual([expect.stringMatching(/^a\.png 2x1 /)]);
    expect(app.labeling.classes.value.map(({ name }) => name)).toEqual(['back', 'front']);
    expect(names()).toEqual(['a.png']);
  });

  test('has a photograph once that lies in several folders, and names the others', async () => {
    const twice = { ...SAVED, 'images/train/more/a.png': PNG, 'masks/train/more/a.png': MASK };
    expect(await app.opening.openList(filesOf(twice))).toBe('One labeled photograph of given was opened.');
    expect(names()).toHaveLength(1);
    expect(app.labeling.labelFault.value).toBe(
      'The same photograph lies in several folders. These were not opened, and stay as they are: images/train/more/a.png.',
    );
  });

  test.each([
    ['is saved to again where it is laid out as what is saved', SAVED, 'disk'],
    [
      'is not saved to where its masks lie elsewhere',
      { 'data.yaml': MASKS.replace('masks\n', 'ids\n'), 'images/train/a.png': PNG, 'ids/train/a.png': MASK },
      undefined,
    ],
    [
      'is not saved to where its labels are outlines',
      {
        'data.yaml': 'path: .\ntrain: images/train\nnames:\n  0: "front"\n',
        'images/train/a.png': PNG,
        'labels/train/a.txt': '0 0 0 1 0 1 1 0 1\n',
      },
      undefined,
    ],
  ])('%s', async (_, content, saved) => {
    vi.stubGlobal('showDirectoryPicker', async () => handleOf(content));
    expect(await app.opening.openFolder(), app.labeling.labelFault.value).toBe(
      'One labeled photograph of disk was opened.',
    );
    expect(app.folder.folder.value?.name).toBe(saved);
    await expect.poll(() => database.kept('classes').has('folder')).toBe(saved !== undefined);
  });
});

describe('a ZIP', () => {
  const archive = (...paths: readonly string[]): File =>
    new File(
      [zipSync(Object.fromEntries(paths.map((path) => [path, strToU8(path)]))) as Uint8Array<ArrayBuffer>],
      'x.zip',
    );

  test('with a description among labels is no model', async () => {
    const given = vi.fn(() => true);
    app.taking.takeAsDataset(given);
    const file = archive('data.yaml', 'images/train/a.png', 'more/config.json', 'other/model.safetensors');
    app.taking.takeFiles([file]);
    await expect.poll(() => given.mock.calls).toEqual([[[file]]]);
    expect(app.models.modelFault.value).toBe('');
  });

  test('is a model by the files of one folder', async () => {
    const files = ['config.json', 'preprocessor_config.json', 'model.safetensors'];
    app.taking.takeFiles([archive('config.json', ...files.map((name) => `tree/${name}`))]);
    await expect.poll(() => app.models.models.value.map(({ name }) => name)).toEqual(['tree']);
    const source = app.models.models.value[0]?.source as { readonly config: File } | undefined;
    expect(await source?.config.text()).toBe('tree/config.json');
  });
});
