/** The view Refinement without a page: a model whose engine failed is loaded anew. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadAppModules, type Signal } from '../support/app-modules.ts';

interface Photo {
  readonly name: string;
  readonly file: Blob;
}

interface Side {
  readonly inspected: Signal<{
    readonly inspection: Readonly<Record<'tensor' | 'classes', (station: string) => Promise<unknown>>>;
    readonly photo: Photo;
  } | null>;
  readonly fault: Signal<string>;
}

/** What these tests call of the app, whose own types are a browser's. */
interface App {
  readonly sides: {
    readonly first: Side;
    readonly second: Side;
    readonly isCompared: Signal<boolean>;
    readonly otherModel: Signal<string>;
    startInspecting(): () => void;
  };
  readonly models: {
    readonly modelName: Signal<string>;
    readonly models: Signal<readonly { readonly name: string; readonly source: string }[]>;
  };
  readonly photos: { showPhotos(given: readonly Photo[]): void };
}

const library = vi.hoisted(() => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  return { loadModel: vi.fn(), gone: (): Error => new Error() };
});
vi.mock('refinenet/web', async () => {
  const { RuntimeError } = await import('../../src/errors.ts');
  library.gone = () => new RuntimeError('gone');
  return { loadModel: library.loadModel, RuntimeError };
});
vi.mock('../../app/src/refinement/beginning.ts', () => ({ isBeginning: { value: false } }));

const app = await loadAppModules<App>({
  sides: 'refinement/sides.ts',
  models: 'state/models.ts',
  photos: 'state/photos.ts',
});
const { first, isCompared, otherModel, second, startInspecting } = app.sides;
const { modelName, models } = app.models;
const { showPhotos } = app.photos;

/** Models whose calls fail once they are dead, and whose inspections' calls do once these are disposed of. */
function modelsThatDie() {
  const dead = new Set<number>();
  library.loadModel.mockImplementation(async () => {
    const number = library.loadModel.mock.calls.length;
    const alive = async <T>(result: T): Promise<T> => {
      if (dead.has(number)) throw library.gone();
      return result;
    };
    const inspection = () => {
      let isDisposed = false;
      const look = async (found: string): Promise<string> => {
        if (isDisposed) throw library.gone();
        return alive(found);
      };
      return {
        stations: [],
        tensor: () => look('tensor'),
        classes: () => look('classes'),
        dispose: async () => {
          isDisposed = true;
        },
      };
    };
    return { inspect: () => alive(inspection()), dispose: async () => {} };
  });
  return dead;
}

const photo = (name: string) => ({ name, file: new Blob([]) });

let end: () => void;
let dead: Set<number>;
beforeEach(() => {
  vi.stubGlobal('createImageBitmap', async () => ({ close: () => {} }));
  models.value = ['one', 'two'].map((name) => ({ name, source: `/${name}/${Math.random()}` }));
  modelName.value = 'one';
  showPhotos([]);
  dead = modelsThatDie();
  end = startInspecting();
});
afterEach(() => {
  end();
  isCompared.value = false;
  library.loadModel.mockReset();
});

test.each([['tensor'], ['classes']] as const)(
  'a model that failed while it gave a %s is loaded anew for the next photograph',
  async (call) => {
    showPhotos([photo('b.png')]);
    await vi.waitFor(() => expect(first.inspected.value?.photo.name).toBe('b.png'));
    expect(library.loadModel).toHaveBeenCalledTimes(1);
    dead.add(1);
    await expect(first.inspected.value?.inspection[call]('station')).rejects.toThrow('gone');
    showPhotos([photo('c.png')]);
    await vi.waitFor(() => expect(first.inspected.value?.photo.name).toBe('c.png'));
    expect([library.loadModel.mock.calls.length, first.fault.value]).toEqual([2, '']);
  },
);

test('so is the one beside it, where two are compared', async () => {
  otherModel.value = 'two';
  isCompared.value = true;
  showPhotos([photo('d.png')]);
  await vi.waitFor(() => expect(second.inspected.value?.photo.name).toBe('d.png'));
  for (let number = 1; number <= library.loadModel.mock.calls.length; number++) dead.add(number);
  showPhotos([photo('e.png')]);
  await vi.waitFor(() => expect([first.fault.value, second.fault.value]).toEqual(['gone', 'gone']));
  showPhotos([photo('f.png')]);
  await vi.waitFor(() => expect(second.inspected.value?.photo.name).toBe('f.png'));
  expect(first.inspected.value?.photo.name).toBe('f.png');
});

test('a model is kept where only an inspection of it is gone', async () => {
  showPhotos([photo('g.png')]);
  await vi.waitFor(() => expect(first.inspected.value?.photo.name).toBe('g.png'));
  const before = first.inspected.value?.inspection;
  const loaded = library.loadModel.mock.calls.length;
  showPhotos([photo('h.png')]);
  await vi.waitFor(() => expect(first.inspected.value?.photo.name).toBe('h.png'));
  await expect(before?.tensor('station')).rejects.toThrow('gone');
  showPhotos([photo('i.png')]);
  await vi.waitFor(() => expect(first.inspected.value?.photo.name).toBe('i.png'));
  expect(library.loadModel.mock.calls.length).toBe(loaded);
});
