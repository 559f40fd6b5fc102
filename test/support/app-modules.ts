/** Modules of the app in a page of its own, whose browser is a fake: storage in memory, and pictures that are known by their headers. */
import { vi } from 'vitest';
import { readPngHeader } from '../../src/image/png-chunks.ts';
import type { FakeIndexedDb } from './fakes/indexed-db.ts';

/** A signal of the app. */
export interface Signal<T> {
  value: T;
}

/** A photograph with its labels, as the app's modules have it. */
export interface Picture {
  readonly name: string;
  readonly file: Blob;
  readonly width: number;
  readonly height: number;
  readonly labels: Uint8Array;
}

/** Puts a fake browser in place; `vi.unstubAllGlobals` takes it away. @param decoded has the name of every file that is decoded */
export function stubBrowser(database: FakeIndexedDb, decoded: string[] = []): void {
  vi.stubGlobal('indexedDB', database);
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('createImageBitmap', async (file: File) => {
    decoded.push(file.name);
    const { width, height } = readPngHeader(new Uint8Array(await file.arrayBuffer()), 'it');
    return { width, height, close: () => {} };
  });
}

/** Loads modules anew, as a page does that is opened. @param places of the modules below `app/src/` */
export async function loadAppModules<App extends object>(places: Readonly<Record<keyof App, string>>): Promise<App> {
  vi.resetModules();
  const loaded = await Promise.all(
    Object.entries<string>(places).map(async ([part, place]) => [
      part,
      await import(new URL(`../../app/src/${place}`, import.meta.url).href),
    ]),
  );
  return Object.fromEntries(loaded) as App;
}
