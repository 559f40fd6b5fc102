/** What is dropped or chosen: which files are a model, and which are photographs beside one. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadAppModules, type Signal, stubBrowser } from '../support/app-modules.ts';
import { FakeIndexedDb } from '../support/fakes/indexed-db.ts';

/** What these tests call of the app. */
interface App {
  readonly models: {
    readonly models: Signal<readonly { readonly name: string; readonly source: Readonly<Record<string, File>> }[]>;
    readonly modelFault: Signal<string>;
  };
  readonly photos: { readonly photos: Signal<readonly { readonly name: string }[]> };
  readonly taking: { takeFiles(files: readonly File[]): void };
}

const PLACES: Readonly<Record<keyof App, string>> = {
  models: 'state/models.ts',
  photos: 'state/photos.ts',
  taking: 'state/taking.ts',
};

const MODEL = ['config.json', 'preprocessor_config.json', 'model.safetensors'];

let app: App;

/** Drops files that have their paths for contents. */
async function drop(...paths: readonly string[]): Promise<void> {
  const files = paths.map((path) => {
    const file = new File([path], path.replace(/^.*\//, ''));
    return path.includes('/') ? Object.defineProperty(file, 'webkitRelativePath', { value: path }) : file;
  });
  app.taking.takeFiles(files);
  await new Promise((resolve) => setTimeout(resolve));
}

const models = (): readonly string[] => app.models.models.value.map(({ name }) => name);
const photos = (): readonly string[] => app.photos.photos.value.map(({ name }) => name);
const fault = (): string => app.models.modelFault.value;

beforeEach(async () => {
  stubBrowser(new FakeIndexedDb());
  app = await loadAppModules<App>(PLACES);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a model', () => {
  test('is three files that are chosen together', async () => {
    await drop(...MODEL);
    expect(models()).toEqual(['my model']);
    expect(fault()).toBe('');
  });

  test('is of one folder, whatever lies in others', async () => {
    await drop(
      'runs/best/config.json',
      'runs/best/preprocessor_config.json',
      ...MODEL.map((name) => `runs/other/${name}`),
    );
    expect(models()).toEqual(['other']);
    const texts = Object.values(app.models.models.value[0]?.source ?? {}).map((file) => file.text());
    expect((await Promise.all(texts)).sort()).toEqual(MODEL.map((name) => `runs/other/${name}`).sort());
  });

  test('is what a folder is that has photographs, too', async () => {
    await drop('best/a.jpg', ...MODEL.map((name) => `best/${name}`));
    expect(models()).toEqual(['best']);
  });

  test.each([
    [['config.json'], 'preprocessor_config.json, model.safetensors'],
    [['x/model.safetensors', 'y/config.json', 'y/preprocessor_config.json'], 'y/model.safetensors'],
  ])('is not %s, and the fault says what is missing', async (paths, missing) => {
    await drop(...paths);
    expect(models()).toEqual([]);
    expect(fault()).toBe(`A model needs three files; missing here: ${missing}. Choose or drop them together.`);
  });
});

test.each(MODEL)('photographs are shown that lie beside a %s', async (name) => {
  await drop('d/a.jpg', `d/${name}`);
  expect(photos()).toEqual(['d/a.jpg']);
  expect(fault()).toBe('');
});
