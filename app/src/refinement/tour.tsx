/** Five steps through the network, each at the finest station of its kind, where the picture shows most. */
import type { Station } from 'refinenet/web';
import { useEffect } from 'preact/hooks';
import { type StringKey, t } from '../strings/index.ts';
import { focusSoon } from '../ui/focus.ts';
import { Icon } from '../ui/icons.tsx';
import { type Look, look, reading, select, tourStep } from './settings.ts';

interface Step {
  /** Which words are said. */
  readonly id: 'encoder' | 'unit' | 'pointwise' | 'fusion' | 'pooling' | 'output';
  /** The kind of stations that show it. */
  readonly kind: string;
  /** What to look at there. */
  readonly look: Look;
}

/** Ids of what has the focus: the button before and after, the card meanwhile. */
const [START, CARD] = ['tour-start', 'tour-card'];

/** Each in the ways in which networks have it, of which the first that this one has is told: only what is there is said. */
const STEPS: readonly (readonly Step[])[] = [
  [{ id: 'encoder', kind: 'encoder', look: 'output' }],
  [
    { id: 'unit', kind: 'adapt', look: 'difference' },
    { id: 'pointwise', kind: 'reduction', look: 'output' },
  ],
  [{ id: 'fusion', kind: 'fusion', look: 'output' }],
  [{ id: 'pooling', kind: 'pooling', look: 'difference' }],
  [{ id: 'output', kind: 'classifier', look: 'classes' }],
];

const lastOf = (stations: readonly Station[], kind: string): Station | undefined =>
  stations.findLast((station) => station.kind === kind);

function stepAt(at: number, stations: readonly Station[]): Step {
  const ways = STEPS[at] as readonly Step[];
  return ways.find(({ kind }) => lastOf(stations, kind)) ?? (ways[0] as Step);
}

export function Tour({ stations }: { readonly stations: readonly Station[] }) {
  const at = tourStep.value;
  const go = (next: number | null): void => {
    if (next === null) focusSoon(START);
    // Back is off on the first step.
    else if (at === null || next === 0) focusSoon(CARD);
    tourStep.value = next;
    const step = next === null ? undefined : stepAt(next, stations);
    const station = step && lastOf(stations, step.kind);
    if (!step || !station) return;
    look.value = step.look;
    reading.value = 'components';
    select(station.name);
  };
  useEffect(() => {
    if (at === null) return undefined;
    const leave = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') go(null);
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, [at]);
  if (at === null) {
    return (
      <button id={START} type="button" class="button" disabled={stations.length === 0} onClick={() => go(0)}>
        <Icon name="help" /> <span>{t('tour.start')}</span>
      </button>
    );
  }
  const { id } = stepAt(at, stations);
  const isLast = at === STEPS.length - 1;
  return (
    <section id={CARD} class="card tour" aria-labelledby="tour tour-place" tabIndex={-1}>
      <div class="card-head">
        <h2 id="tour" class="about-title" aria-live="polite">
          {t(`tour.${id}` satisfies StringKey)}
        </h2>
        <span id="tour-place" class="quiet small">
          {t('tour.place', { at: at + 1, of: STEPS.length })}
        </span>
      </div>
      <p aria-live="polite">{t(`tour.${id}Text` satisfies StringKey)}</p>
      <div class="tour-buttons">
        <button type="button" class="button" disabled={at === 0} onClick={() => go(at - 1)}>
          {t('tour.back')}
        </button>
        <button type="button" class="button primary" onClick={() => go(isLast ? null : at + 1)}>
          {t(isLast ? 'tour.end' : 'tour.next')}
        </button>
        {!isLast && (
          <button
            type="button"
            class="tool"
            aria-label={t('tour.close')}
            title={t('tour.close')}
            onClick={() => go(null)}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
    </section>
  );
}
