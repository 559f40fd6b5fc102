/** What Label holds on to while photographs are looked at: a class that was removed, and what the magic wand saw. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadAppModules, type Signal, stubBrowser } from '../support/app-modules.ts';
import { FakeIndexedDb } from '../support/fakes/indexed-db.ts';

interface Photo {
  readonly name: string;
  readonly file: Blob;
}

interface Labeling extends Photo {
  readonly key: string;
  readonly labels: Uint8Array;
}

/** What these tests call of the app. */
interface App {
  readonly restoring: { startLabeling(): () => void; restored(): Promise<void> };
  readonly labeling: {
    readonly labeling: Signal<Labeling | undefined>;
    readonly classes: Signal<readonly { readonly name: string }[]>;
    readonly likeness: Signal<number>;
    readonly painted: Signal<number>;
    readonly labelFault: Signal<string>;
    place(origins: ReadonlyMap<string, { readonly split: string; readonly path: string }>): void;
  };
  readonly steps: { paint(now: Labeling, spans: readonly number[], id: number): void; undo(): void };
  readonly removal: { removeClass(id: number): void; readonly canRestoreClass: Signal<boolean> };
  readonly wand: { startWand(): () => void; grow(now: Labeling, point: { x: number; y: number }): Promise<void> };
  readonly segmenting: { show(shown: unknown): void };
  readonly models: { readonly models: Signal<readonly unknown[]>; readonly modelName: Signal<string> };
}

const PLACES: Readonly<Record<keyof App, string>> = {
  restoring: 'label/restoring.ts',
  labeling: 'label/labeling.ts',
  steps: 'label/steps.ts',
  removal: 'label/removal.ts',
  wand: 'label/wand.ts',
  segmenting: 'state/segmenting.ts',
  models: 'state/models.ts',
};

const CLASSES = ['back', 'cat', 'dog'].map((name, at) => ({ name, color: [at, 0, 0] }));
const [A, B] = ['a.png', 'b.png'].map((name) => ({ name, file: new Blob([name]) })) as [Photo, Photo];

let app: App;
/** How often a model was asked for probabilities. */
let asked: number;
/** What is done while it looks. */
let onAsk: () => void;

/** Looks at a photograph of three pixels, until it can be labeled. */
async function look(photo: Photo): Promise<Labeling> {
  const bitmap = { width: 3, height: 1 };
  app.segmenting.show({ photo, bitmap, segmentation: undefined, duration: 0, model: '', classes: [] });
  await expect.poll(() => app.labeling.labeling.value?.name).toBe(photo.name);
  return app.labeling.labeling.value as Labeling;
}

const labels = (): readonly number[] => [...(app.labeling.labeling.value as Labeling).labels];
const names = (): readonly string[] => app.labeling.classes.value.map(({ name }) => name);

beforeEach(async () => {
  const database = new FakeIndexedDb();
  database.kept('classes').set('classes', CLASSES);
  stubBrowser(database);
  // Nothing is drawn here.
  vi.stubGlobal('ImageData', class {});
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => ({ putImageData: () => {} });
    },
  );
  asked = 0;
  onAsk = () => {};
  const found = { shape: [3, 1, 3], data: new Float32Array(9).fill(1 / 3) };
  vi.doMock('refinenet/web', async (original) => ({
    ...(await original<object>()),
    loadModel: async () => ({
      segment: async () => {
        asked++;
        onAsk();
        return { probabilities: found };
      },
    }),
  }));
  app = await loadAppModules<App>(PLACES);
  app.restoring.startLabeling();
  await app.restoring.restored();
});

afterEach(() => {
  vi.doUnmock('refinenet/web');
  vi.unstubAllGlobals();
});

describe('a class that was removed', () => {
  beforeEach(async () => {
    const now = await look(A);
    for (const id of [0, 1, 2]) app.steps.paint(app.labeling.labeling.value ?? now, [id, id + 1], id);
    app.removal.removeClass(1);
    expect(labels()).toEqual([0, 255, 1]);
  });

  test('is put back although another photograph was looked at since', async () => {
    await look(B);
    app.steps.undo();
    expect(names()).toEqual(['back', 'cat', 'dog']);
    await expect.poll(() => app.labeling.labeling.value?.name).toBe(B.name);
    await look(A);
    expect(labels()).toEqual([0, 1, 2]);
  });

  test('is not put back once something was painted in another photograph', async () => {
    app.steps.paint(await look(B), [0, 1], 1);
    expect(app.removal.canRestoreClass.value).toBe(false);
    app.steps.undo();
    expect(names()).toEqual(['back', 'dog']);
  });
});

describe('what the magic wand saw', () => {
  let end: () => void;

  const grow = async (photo: Photo): Promise<void> => {
    await app.wand.grow(await look(photo), { x: 0, y: 0 });
    expect(app.labeling.labelFault.value).toBe('');
  };

  beforeEach(() => {
    app.models.models.value = [{ name: 'model', source: 'models/model/' }];
    app.models.modelName.value = 'model';
    end = app.wand.startWand();
  });

  test('is held while one photograph is looked at', async () => {
    await grow(A);
    await grow(A);
    expect(asked).toBe(1);
  });

  test('is given up once another one is looked at', async () => {
    await grow(A);
    await look(B);
    await grow(A);
    expect(asked).toBe(2);
  });

  test('is painted although the photograph was saved for the first time, or painted on, meanwhile', async () => {
    const { key } = await look(A);
    onAsk = () => {
      app.labeling.place(new Map([[key, { split: 'train', path: 'a.png' }]]));
      app.steps.paint(app.labeling.labeling.value as Labeling, [2, 3], 2);
    };
    app.labeling.likeness.value = 1;
    app.labeling.painted.value = 1;
    await grow(A);
    expect(labels()).toEqual([1, 1, 1]);
    expect(app.labeling.labeling.value).toMatchObject({ labeled: 3, origin: { split: 'train' } });
  });

  test('is not painted in another photograph', async () => {
    await look(A);
    let other: Promise<Labeling> | undefined;
    onAsk = () => {
      other = look(B);
    };
    await grow(A);
    await other;
    expect(labels()).not.toContain(1);
  });

  test('is given up with the view', async () => {
    await grow(A);
    end();
    await grow(A);
    await grow(A);
    expect(asked).toBe(3);
  });
});
