/** Labels in the browser's storage: which class they are of, which photograph, and what happens where keeping them fails. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadAppModules, type Picture, type Signal, stubBrowser } from '../support/app-modules.ts';
import { FakeIndexedDb } from '../support/fakes/indexed-db.ts';

interface LabelClass {
  readonly name: string;
  readonly color: readonly number[];
}

/** What these tests call of the app. */
interface App {
  readonly restoring: { startLabeling(): () => void; restored(): Promise<void> };
  readonly kept: {
    keepPicture(key: string, picture: Picture): Promise<void>;
    keptPictures(): Promise<readonly unknown[]>;
  };
  readonly labeling: {
    readonly labelings: Signal<ReadonlyMap<string, Picture>>;
    readonly classes: Signal<readonly LabelClass[]>;
    readonly labelFault: Signal<string>;
    readonly isKept: Signal<boolean>;
    keyOf(photo: Picture, extent: Picture): Promise<string>;
    labelingOf(key: string, photo: Picture, isTouched: boolean): Picture;
    put(labeling: Picture): void;
  };
  readonly classes: { setClasses(classes: readonly LabelClass[]): void };
  readonly removal: { removeClass(id: number): void };
  readonly photos: { readonly photos: Signal<readonly { readonly name: string; readonly file: Blob }[]> };
}

const PLACES: Readonly<Record<keyof App, string>> = {
  restoring: 'label/restoring.ts',
  kept: 'label/kept.ts',
  labeling: 'label/labeling.ts',
  classes: 'label/classes.ts',
  removal: 'label/removal.ts',
  photos: 'state/photos.ts',
};

const IGNORED = 255;
const [BACK, CAT, DOG]: readonly LabelClass[] = [
  { name: 'back', color: [0, 0, 0] },
  { name: 'cat', color: [200, 0, 0] },
  { name: 'dog', color: [0, 200, 0] },
] as const;
const ANIMALS = [BACK, CAT, DOG] as readonly LabelClass[];
const KEY = 'a.png 3x1 0123456789abcdef';

let database: FakeIndexedDb;
let app: App;

const picture = (name: string, labels: readonly number[] = [0, 1, 2], file = new Blob([name])): Picture => ({
  name,
  file,
  width: 3,
  height: 1,
  labels: Uint8Array.from(labels),
});

const pictures = (): Map<string, unknown> => database.kept('pictures');
const keys = (): string[] => [...pictures().keys()];
const putFailsFor = (start: string): void => {
  database.fault = (kind, key) => (kind === 'put' && key.startsWith(start) ? new Error('No room.') : undefined);
};

/** Opens the page, with its first photograph. */
async function visit(file = new Blob(['cat']), name = 'cat.webp'): Promise<void> {
  app = await loadAppModules<App>(PLACES);
  app.restoring.startLabeling();
  await app.restoring.restored();
  app.photos.photos.value = [{ name, file }];
}

/** The names of the classes of a picture's pixels. */
const seen = (key = KEY): readonly string[] =>
  [...(app.labeling.labelings.value.get(key) as Picture).labels].map((id) =>
    id === IGNORED ? 'ignored' : (app.labeling.classes.value[id]?.name ?? `no class ${id}`),
  );

const put = (key: string, given: Picture): void => app.labeling.put(app.labeling.labelingOf(key, given, true));
const kept = (): Promise<void> => expect.poll(() => app.labeling.isKept.value).toBe(true);

beforeEach(() => {
  database = new FakeIndexedDb();
  stubBrowser(database);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the class of a label', () => {
  beforeEach(async () => {
    database.kept('classes').set('classes', ANIMALS);
    await visit();
    put(KEY, picture('a.png'));
    await kept();
  });

  test('is the same after a reload', async () => {
    await visit();
    expect(seen()).toEqual(['back', 'cat', 'dog']);
  });

  test('is the same although a class was removed and the picture could not be kept since', async () => {
    putFailsFor('a.png');
    app.removal.removeClass(1);
    await expect.poll(() => app.labeling.labelFault.value).toBe('No room.');
    await visit();
    expect(seen()).toEqual(['back', 'cat', 'dog']);
    const colors = app.labeling.classes.value.map(({ color }) => String(color));
    expect(new Set(colors).size).toBe(3);
  });

  test('is the same although the other classes could not be kept', async () => {
    putFailsFor('classes');
    app.removal.removeClass(1);
    await kept();
    await visit();
    expect(seen()).toEqual(['back', 'ignored', 'dog']);
  });

  test('has its new name after a reload', async () => {
    app.classes.setClasses([BACK, { ...CAT, name: 'lynx' }, DOG] as readonly LabelClass[]);
    await kept();
    await visit();
    expect(seen()).toEqual(['back', 'lynx', 'dog']);
    expect(app.labeling.classes.value).toHaveLength(3);
  });

  test('is the same where the classes were those of a model, and none of them was changed', async () => {
    database.kept('classes').clear();
    await visit();
    expect(seen()).toEqual(['back', 'cat', 'dog']);
  });

  test('is its id in pictures that were kept without names', async () => {
    pictures().set(KEY, picture('a.png', [2, 1, 0]));
    await visit();
    expect(seen()).toEqual(['dog', 'cat', 'back']);
  });
});

describe('a photograph that could not be kept', () => {
  beforeEach(() => visit());

  test('is not said to be kept because another one is, and is tried again with the next one', async () => {
    putFailsFor('big');
    put('big.png', picture('big.png'));
    put('small.png', picture('small.png'));
    await expect.poll(() => app.labeling.labelFault.value).toBe('No room.');
    await expect.poll(keys).toEqual(['small.png']);
    expect(app.labeling.isKept.value).toBe(false);
    database.fault = () => undefined;
    put('small.png', picture('small.png', [1, 1, 1]));
    await kept();
    expect(keys().sort()).toEqual(['big.png', 'small.png']);
  });

  test('is not kept by a change of before', async () => {
    database.fault = (kind, key) => {
      // Painted on while the first change is written.
      if (kind === 'put' && key === KEY && app.labeling.isKept.value === false && pictures().size === 0)
        put(KEY, picture('a.png', [2, 2, 2]));
      return undefined;
    };
    put(KEY, picture('a.png'));
    await expect.poll(keys).toEqual([KEY]);
    expect(app.labeling.isKept.value).toBe(false);
    await kept();
    expect([...(pictures().get(KEY) as Picture).labels]).toEqual([2, 2, 2]);
  });
});

describe('a photograph', () => {
  const file = new Blob(['the same']);
  let own: string;

  beforeEach(async () => {
    await visit();
    own = await app.labeling.keyOf(picture('a.png', [], file), picture('a.png'));
    database.kept('classes').set('classes', ANIMALS);
  });

  test('is one, chosen by itself or in a folder', async () => {
    const inFolder = picture('pics/a.png', [], file);
    expect(await app.labeling.keyOf(inFolder, inFolder)).toBe(own);
    const other = picture('pics/a.png', [], new Blob(['another']));
    expect(await app.labeling.keyOf(other, other)).not.toBe(own);
  });

  test('has the labels that were kept of it in a folder, and is open once', async () => {
    pictures().set(`pics/${own}`, picture('pics/a.png', [0, 1, 2], file));
    await visit(file, 'a.png');
    expect(seen(own)).toEqual(['back', 'cat', 'dog']);
    expect(keys()).toEqual([own]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(app.photos.photos.value.map(({ name }) => name)).toEqual(['a.png']);
  });

  test('has all labels that were kept of it in several places', async () => {
    pictures().set(`first/${own}`, picture('first/a.png', [IGNORED, IGNORED, 2], file));
    pictures().set(own, picture('a.png', [0, IGNORED, IGNORED], file));
    pictures().set(`second/${own}`, picture('second/a.png', [1, 1, 1], file));
    await visit(file, 'a.png');
    expect(seen(own)).toEqual(['back', 'cat', 'dog']);
    expect(keys()).toEqual([own]);
    await visit(file, 'a.png');
    expect(seen(own)).toEqual(['back', 'cat', 'dog']);
  });
});

describe('the database', () => {
  beforeEach(async () => {
    app = await loadAppModules<App>(PLACES);
  });

  test('is opened again where it could not be', async () => {
    database.openFault = () => new Error('The disk is busy.');
    await expect(app.kept.keptPictures()).rejects.toThrow('The disk is busy.');
    database.openFault = () => undefined;
    await app.kept.keepPicture(KEY, picture('a.png'));
    expect(keys()).toEqual([KEY]);
  });

  test.each([
    ['and the page hears of it', true],
    ['and the page does not hear of it', false],
  ])('is opened again where the browser closed it, %s', async (_, isTold) => {
    await app.kept.keptPictures();
    database.closeAll(isTold);
    await app.kept.keepPicture(KEY, picture('a.png'));
    expect(keys()).toEqual([KEY]);
  });

  test('is opened once for all who find it closed, though the page hears of that late', async () => {
    await app.kept.keptPictures();
    const tell = database.closeAll(false);
    const names = ['a.png', 'b.png', 'c.png'];
    await Promise.all(names.map((name) => app.kept.keepPicture(name, picture(name))));
    expect([keys(), database.connections]).toEqual([names, 1]);
    tell();
    await app.kept.keptPictures();
    expect(database.connections).toBe(1);
  });

  test('is closed for another tab that wants a newer version', async () => {
    await app.kept.keptPictures();
    database.wantVersion();
    expect(database.connections).toBe(0);
  });

  test.each([
    ['grants', () => Promise.resolve(true)],
    ['refuses', () => Promise.reject(new Error('no'))],
  ])('is asked once to stay where the browser is short of room, whether it %s that', async (_, answer) => {
    const persist = vi.fn(answer);
    vi.stubGlobal('navigator', { languages: ['en'], storage: { persist } });
    await app.kept.keptPictures();
    expect(persist).not.toHaveBeenCalled();
    for (const name of ['a.png', 'b.png']) await app.kept.keepPicture(name, picture(name));
    expect(persist).toHaveBeenCalledOnce();
    expect(keys()).toEqual(['a.png', 'b.png']);
  });
});
