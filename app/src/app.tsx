/** The page around the views: the tabs, the model, and what is dropped or pasted anywhere. */
import { effect, signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { RefinementView } from './refinement/view.tsx';
import { SegmentView } from './segment/view.tsx';
import { modelName, models } from './state/models.ts';
import { isLive } from './state/segmenting.ts';
import { droppedFiles, takeFiles, takePasted } from './state/taking.ts';
import { type StringKey, t } from './strings/index.ts';
import { focusView } from './ui/focus.ts';
import { Icon } from './ui/icons.tsx';
import { later } from './ui/later.tsx';

interface Tab {
  readonly id: string;
  readonly text: StringKey;
  readonly View: ComponentType;
}

/** In the order of the tabs. What most visitors do not open comes when it is opened. */
const TABS: readonly Tab[] = [
  { id: 'segment', text: 'tabs.segment', View: SegmentView },
  { id: 'refinement', text: 'tabs.refinement', View: RefinementView },
  { id: 'label', text: 'tabs.label', View: later(async () => (await import('./label/view.tsx')).LabelView) },
  { id: 'train', text: 'tabs.train', View: later(async () => (await import('./train/view.tsx')).TrainView) },
];

const tabOf = (hash: string): Tab => TABS.find(({ id }) => `#${id}` === hash) ?? (TABS[0] as Tab);

export const tab = signal<Tab>(tabOf(location.hash));
const isDragged = signal(false);

function goTo(next: Tab): void {
  tab.value = next;
  history.replaceState(null, '', `#${next.id}`);
}

function Tabs() {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = (TABS.indexOf(tab.value) + step + TABS.length) % TABS.length;
    goTo(TABS[at] as Tab);
    (list.current?.children[at] as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t('tabs.title')} ref={list} onKeyDown={onKeyDown}>
      {TABS.map((each) => (
        <button
          key={each.id}
          type="button"
          role="tab"
          id={`tab-${each.id}`}
          class="tab"
          aria-selected={tab.value === each}
          aria-controls="view"
          tabIndex={tab.value === each ? 0 : -1}
          onClick={() => goTo(each)}
        >
          {t(each.text)}
        </button>
      ))}
    </div>
  );
}

function ModelChoice() {
  const files = useRef<HTMLInputElement>(null);
  return (
    <div class="model">
      <label>
        <span class="visually-hidden">{t('model.title')}</span>
        <select
          value={modelName.value}
          onChange={({ currentTarget }) => {
            modelName.value = currentTarget.value;
          }}
        >
          {models.value.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="tool"
        aria-label={t('model.add')}
        title={t('model.add')}
        onClick={() => files.current?.click()}
      >
        <Icon name="plus" />
      </button>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        aria-label={t('model.add')}
        accept=".json,.safetensors"
        onChange={({ currentTarget }) => {
          const given = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          if (given.length > 0) takeFiles(given);
        }}
      />
    </div>
  );
}

/** Files may be dropped or pasted anywhere. */
function useTaking(): void {
  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      isDragged.value = true;
    };
    addEventListener('dragenter', over, { signal });
    addEventListener('dragover', over, { signal });
    addEventListener(
      'dragleave',
      (event) => {
        if (event.relatedTarget === null) isDragged.value = false;
      },
      { signal },
    );
    addEventListener(
      'drop',
      (event) => {
        isDragged.value = false;
        if (!event.dataTransfer || !hasFiles(event)) return;
        event.preventDefault();
        void droppedFiles(event.dataTransfer).then(takeFiles);
      },
      { signal },
    );
    addEventListener(
      'paste',
      ({ clipboardData }) => {
        const files = [...(clipboardData?.files ?? [])];
        if (files.length > 0) takePasted(files);
      },
      { signal },
    );
    return () => control.abort();
  }, []);
}

/** A video or the camera is seen, and ended, in Segment alone. */
const useLive = (): void =>
  useEffect(
    () =>
      effect(() => {
        if (isLive.value) goTo(TABS[0] as Tab);
      }),
    [],
  );

export function App() {
  useTaking();
  useLive();
  const { id, View } = tab.value;
  return (
    <>
      <a
        class="skip"
        href="#view"
        onClick={(event) => {
          // The address says which view is open.
          event.preventDefault();
          focusView();
        }}
      >
        {t('app.skip')}
      </a>
      <header class="bar">
        <h1 class="brand" aria-label="RefineNet">
          <img src="./icon.svg" alt="" />
          <span>RefineNet</span>
        </h1>
        <Tabs />
        <ModelChoice />
      </header>
      <main>
        <div id="view" class="view-panel" role="tabpanel" aria-labelledby={`tab-${id}`} tabIndex={-1}>
          <View />
        </div>
      </main>
      {isDragged.value && (
        <div class="drop" aria-hidden="true">
          <p>{t('take.drop')}</p>
        </div>
      )}
    </>
  );
}
