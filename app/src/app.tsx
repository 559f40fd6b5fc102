/** The page around the views: the tabs, the model, and what is dropped or pasted anywhere. */
import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ModelChoice } from './model-choice.tsx';
import { isLive } from './state/segmenting.ts';
import { droppedFiles, takeFiles, takePasted } from './state/taking.ts';
import { t } from './strings/index.ts';
import { goToSegment, tab, Tabs } from './tabs.tsx';
import { focusView } from './ui/focus.ts';

const isDragged = signal(false);

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
        if (isLive.value) goToSegment();
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
