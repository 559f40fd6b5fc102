/** The views, and the tabs that choose one. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useRef } from 'preact/hooks';
import { RefinementView } from './refinement/view.tsx';
import { SegmentView } from './segment/view.tsx';
import { type StringKey, t } from './strings/index.ts';
import { later } from './ui/later.tsx';

interface Tab {
  readonly id: string;
  readonly text: StringKey;
  readonly View: ComponentType;
}

/** In their order. What most visitors do not open comes when it is opened. */
const TABS: readonly Tab[] = [
  { id: 'segment', text: 'tabs.segment', View: SegmentView },
  { id: 'refinement', text: 'tabs.refinement', View: RefinementView },
  { id: 'label', text: 'tabs.label', View: later(async () => (await import('./label/view.tsx')).LabelView) },
  { id: 'train', text: 'tabs.train', View: later(async () => (await import('./train/view.tsx')).TrainView) },
];

const tabOf = (hash: string): Tab => TABS.find(({ id }) => `#${id}` === hash) ?? (TABS[0] as Tab);

/** The one that is open. */
export const tab = signal<Tab>(tabOf(location.hash));

function goTo(next: Tab): void {
  tab.value = next;
  history.replaceState(null, '', `#${next.id}`);
}

/** Goes to the view that photographs and videos are seen in. */
export const goToSegment = (): void => goTo(TABS[0] as Tab);

export function Tabs() {
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
