/** The models of the page, and the one at work. */
import { batch, computed, signal } from '@preact/signals';
import {
  type DownloadProgress,
  loadModel,
  type LoadOptions,
  type ModelSource,
  RuntimeError,
  type WebSegmenter,
} from 'refinenet/web';
import { messageOf } from './messages.ts';

export interface ModelEntry {
  readonly name: string;
  readonly source: ModelSource;
}

export const models = signal<readonly ModelEntry[]>([]);
export const modelName = signal('');
/** What the choice of models failed with. */
export const modelFault = signal('');
/** How far the download of the model's files is, in [0, 1]; null where nothing is downloaded. */
export const download = signal<number | null>(null);

export const model = computed(() => models.value.find(({ name }) => name === modelName.value));

/** The models beside the page, as models/index.json lists them: the first is the default. */
export async function findShippedModels(): Promise<void> {
  try {
    const answer = await fetch('models/index.json');
    if (!answer.ok) throw new Error(`models/index.json: ${answer.status}`);
    const names = (await answer.json()) as string[];
    models.value = [
      ...models.value,
      ...names.map((name) => ({ name, source: new URL(`models/${name}/`, document.baseURI).href })),
    ];
    if (modelName.value === '') modelName.value = names[0] ?? '';
  } catch (error) {
    modelFault.value = messageOf(error);
  }
}

/** Adds a model, under a name of its own, and takes it. @returns that name */
export function addModel(name: string, source: ModelSource): string {
  let unique = name;
  for (let number = 2; models.value.some((each) => each.name === unique); number++) unique = `${name} ${number}`;
  models.value = [...models.value, { name: unique, source }];
  modelName.value = unique;
  return unique;
}

/** Takes a model out and frees its memory; the first one takes the place of one at work. */
export function removeModel(name: string): void {
  for (const [place, { entry, end }] of open) {
    if (entry.name !== name) continue;
    end();
    open.delete(place);
  }
  batch(() => {
    models.value = models.value.filter((each) => each.name !== name);
    if (modelName.value === name) modelName.value = models.value[0]?.name ?? '';
  });
}

/** What a model is opened for, and what it gives: the one at work, one beside it, and one that tells all classes' probabilities. */
const PLACES = {
  main: { confidence: true },
  beside: { confidence: true },
  probabilities: { probabilities: true },
} as const satisfies Readonly<Record<string, LoadOptions>>;

export type Place = keyof typeof PLACES;

interface Opened {
  readonly entry: ModelEntry;
  readonly model: Promise<WebSegmenter>;
  /** Gives the model up, loaded or not. */
  readonly end: () => void;
  /** Whether its engine failed: the next one who asks gets another. */
  isStale: boolean;
}

/** One model a place is kept; another takes it over. */
const open = new Map<Place, Opened>();

/**
 * The model of an entry, loaded once a place.
 * @throws an AbortError if another takes its place before it is loaded
 */
export function opened(entry: ModelEntry, place: Place = 'main'): Promise<WebSegmenter> {
  const known = open.get(place);
  if (known?.entry === entry && !known.isStale) return known.model;
  known?.end();
  const control = new AbortController();
  const onProgress = ({ loaded, total }: DownloadProgress): void => {
    if (!control.signal.aborted) download.value = total ? Math.min(1, loaded / total) : 0;
  };
  const options: LoadOptions = { ...PLACES[place], onProgress, signal: control.signal };
  const loading = loadModel(entry.source, options).finally(() => {
    if (!control.signal.aborted) download.value = null;
  });
  const end = (): void => {
    control.abort();
    download.value = null;
    loading.then((each) => each.dispose()).catch(() => {});
  };
  open.set(place, { entry, model: loading, end, isStale: false });
  loading.catch(() => {
    if (open.get(place)?.model === loading) open.delete(place);
  });
  return loading;
}

/** Notices where the engine of a model fails in some work. */
type Watch = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Does something with the model of an entry. One whose engine failed is loaded anew when it is asked for again.
 * @param use has `watch`, too, for what is asked later of what the model gave.
 */
export async function withModel<T>(
  entry: ModelEntry,
  use: (model: WebSegmenter, watch: Watch) => Promise<T>,
  place: Place = 'main',
): Promise<T> {
  const loading = opened(entry, place);
  const segmenter = await loading;
  const watch: Watch = async (work) => {
    try {
      return await work();
    } catch (error) {
      const known = open.get(place);
      // What was found with it may be looked at until then.
      if (error instanceof RuntimeError && known?.model === loading) known.isStale = true;
      throw error;
    }
  };
  return watch(() => use(segmenter, watch));
}
