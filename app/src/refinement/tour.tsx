/** Five steps through the network, each at the finest station of its kind, where the picture shows most. */
import type { Station } from 'refinenet/web';
import { useEffect } from 'preact/hooks';
import { type StringKey, t } from '../strings/index.ts';
import { focusSoon } from '../ui/focus.ts';
import { Icon } from '../ui/icons.tsx';
import { type Look, look, reading, select, tourStep } from './settings.ts';

interface Step {
  readonly id: 'encoder' | 'unit' | 'fusion' | 'pooling' | 'output';
  /** The kinds of stations that show it, the best first. */
  readonly kinds: readonly string[];
  /** What to look at there. */
  readonly look: Look;
}

/** Ids of what has the focus: the button before and after, the card meanwhile. */
const [START, CARD] = ['tour-start', 'tour-card'];

const STEPS: readonly Step[] = [
  { id: 'encoder', kinds: ['encoder'], look: 'output' },
  { id: 'unit', kinds: ['adapt', 'reduction'], look: 'difference' },
  { id: 'fusion', kinds: ['fusion'], look: 'output' },
  { id: 'pooling', kinds: ['pooling'], look: 'difference' },
  { id: 'output', kinds: ['classifier', 'output'], look: 'classes' },
];

function stationOf({ kinds }: Step, stations: readonly Station[]): Station | undefined {
  for (const kind of kinds) {
    const found = stations.filter((station) => station.kind === kind);
    if (found.length > 0) return found.at(-1);
  }
  return undefined;
}

export function Tour({ stations }: { readonly stations: readonly Station[] }) {
  const at = tourStep.value;
  const go = (next: number | null): void => {
    if (next === null) focusSoon(START);
    // Back is off on the first step.
    else if (at === null || next === 0) focusSoon(CARD);
    tourStep.value = next;
    const step = next === null ? undefined : STEPS[next];
    const station = step && stationOf(step, stations);
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
  const { id } = STEPS[at] as Step;
  const isLast = at === STEPS.length - 1;
  return (
    <section id={CARD} class="card tour" aria-labelledby="tour" tabIndex={-1}>
      <div class="card-head">
        <h2 id="tour" class="about-title" aria-live="polite">
          {t(`tour.${id}` satisfies StringKey)}
        </h2>
        <span class="quiet small">{t('tour.place', { at: at + 1, of: STEPS.length })}</span>
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
