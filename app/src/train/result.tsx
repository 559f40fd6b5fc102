/** What was learned: to be tried on new pictures, used in the page, and taken along. */
import { signal } from '@preact/signals';
import { RuntimeError, type WebSegmentation, type WebSegmenter } from 'refinenet/web';
import type { TrainedModel } from 'refinenet/web/training';
import { useRef } from 'preact/hooks';
import { messageOf } from '../state/messages.ts';
import { t } from '../strings/index.ts';
import { Icon } from '../ui/icons.tsx';
import { Drawn } from './drawn.tsx';
import { takenAs } from './kept-runs.ts';
import { trained, trainFault } from './training.ts';

const tried = signal<{
  readonly of: TrainedModel;
  readonly name: string;
  readonly found: WebSegmentation;
} | null>(null);
const isTrying = signal(false);
let loaded: { readonly of: TrainedModel; readonly model: Promise<WebSegmenter> } | undefined;

function forget(): void {
  loaded?.model.then((each) => each.dispose()).catch(() => {});
  loaded = undefined;
}

async function tryOn(of: TrainedModel, file: File): Promise<void> {
  isTrying.value = true;
  trainFault.value = '';
  let isLoaded = false;
  try {
    if (loaded?.of !== of) {
      forget();
      loaded = { of, model: of.load() };
    }
    const segmenter = await loaded.model;
    isLoaded = true;
    tried.value = { of, name: file.name, found: await segmenter.segment(file) };
  } catch (error) {
    // A model that did not load, or ended, is loaded anew for the next picture.
    if (loaded?.of === of && (error instanceof RuntimeError || !isLoaded)) forget();
    trainFault.value = messageOf(error);
  } finally {
    isTrying.value = false;
  }
}

export function Result() {
  const files = useRef<HTMLInputElement>(null);
  const made = trained.value;
  if (!made) return null;
  return (
    <section class="card" aria-labelledby="train-result">
      <h2 id="train-result">{t('train.result')}</h2>
      <div class="downloads">
        <button type="button" class="button" disabled={isTrying.value} onClick={() => files.current?.click()}>
          <Icon name="open" /> <span>{t('train.try')}</span>
        </button>
        <button type="button" class="button" onClick={() => made.download()}>
          <Icon name="download" /> <span>{t('train.download')}</span>
        </button>
      </div>
      <input
        ref={files}
        type="file"
        hidden
        accept="image/*"
        aria-label={t('train.try')}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = '';
          if (file) void tryOn(made, file);
        }}
      />
      {tried.value?.of === made && <Drawn found={tried.value.found} text={tried.value.name} />}
      <p class="quiet small">{t('train.added', { name: takenAs.value })}</p>
    </section>
  );
}
