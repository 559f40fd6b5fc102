/** What is looked into: a photograph in a model; a second one beside it where two are compared. */
import { computed, effect, type Signal, signal } from '@preact/signals';
import type { WebInspection, WebSegmentation } from 'refinenet/web';
import { messageOf } from '../state/messages.ts';
import { model, type ModelEntry, models, withModel } from '../state/models.ts';
import { bitmapOf, type Photo, photo, photos } from '../state/photos.ts';
import { isBeginning } from './beginning.ts';

export interface Inspected {
  readonly inspection: Pick<WebInspection, 'stations' | 'tensor' | 'classes' | 'dispose'>;
  readonly bitmap: ImageBitmap;
  readonly photo: Photo;
  /** The name of the model. */
  readonly model: string;
}

export interface Side {
  readonly inspected: Signal<Inspected | null>;
  readonly fault: Signal<string>;
  /** What is shown of it, in a sentence; empty while it is computed. */
  readonly says: Signal<string>;
  /** The classes that are shown of it; null where features are. */
  readonly found: Signal<WebSegmentation | null>;
}

const sideOf = (): Side => ({ inspected: signal(null), fault: signal(''), says: signal(''), found: signal(null) });

export const first = sideOf();
export const second = sideOf();
export const isCompared = signal(false);
/** What was chosen for the second side. */
export const otherModel = signal('');
export const otherPhoto = signal<Photo | undefined>(undefined);

/** What the second side shows: what the first one does where nothing was chosen, or what was is gone. */
export const other = computed(() => {
  const [entry, picture] = [model.value, photo.value];
  return {
    entry: models.value.find(({ name }) => name === otherModel.value) ?? entry,
    picture: photos.value.find((each) => each === otherPhoto.value) ?? picture,
  };
});

/** Inspects whenever what is to be looked into changes. @returns the end of that */
export function startInspecting(): () => void {
  const ends = [
    follow(first, () => (isBeginning.value ? {} : { entry: model.value, picture: photo.value })),
    follow(second, () => (isCompared.value ? other.value : {})),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function follow(side: Side, wanted: () => { entry?: ModelEntry | undefined; picture?: Photo | undefined }): () => void {
  const clear = (): void => {
    const before = side.inspected.peek();
    side.inspected.value = null;
    side.found.value = null;
    before?.inspection.dispose().catch(() => {});
  };
  const end = effect(() => {
    const { entry, picture } = wanted();
    clear();
    side.fault.value = '';
    if (!entry || !picture) return undefined;
    const control = new AbortController();
    inspect(entry, picture, control.signal).then(
      (inspected) => {
        if (control.signal.aborted) void inspected.inspection.dispose().catch(() => {});
        else side.inspected.value = inspected;
      },
      (error: unknown) => {
        if (!control.signal.aborted) side.fault.value = messageOf(error);
      },
    );
    return () => control.abort();
  });
  return () => {
    end();
    clear();
  };
}

async function inspect(entry: ModelEntry, picture: Photo, signal: AbortSignal): Promise<Inspected> {
  const bitmap = await bitmapOf(picture);
  signal.throwIfAborted();
  const place = entry === model.peek() ? 'main' : 'beside';
  return withModel(
    entry,
    async (loaded, watch) => {
      signal.throwIfAborted();
      const inspection = await loaded.inspect(bitmap, { signal });
      let isDisposed = false;
      // What is asked of features that are gone says nothing about the model.
      const asked: typeof watch = (work) => (isDisposed ? work() : watch(work));
      const watched: Inspected['inspection'] = {
        stations: inspection.stations,
        tensor: (station) => asked(() => inspection.tensor(station)),
        classes: (station, options) => asked(() => inspection.classes(station, options)),
        dispose: () => {
          isDisposed = true;
          return inspection.dispose();
        },
      };
      return { inspection: watched, bitmap, photo: picture, model: entry.name };
    },
    place,
  );
}
