/** The classes found, with their shares; each is shown or not. */
import { shown } from '../state/segmenting.ts';
import { percent, t } from '../strings/index.ts';
import { focusSoon } from '../ui/focus.ts';
import { cssColor } from '../ui/shown-color.ts';
import { Swatch } from '../ui/swatch.tsx';
import { hidden, showOnly, toggleClass } from './settings.ts';

/** Id of the first class. */
const FIRST = 'first-class';

export function Legend() {
  const classes = shown.value?.segmentation?.classes ?? [];
  const names = classes.map(({ label }) => label);
  return (
    <section class="card" aria-labelledby="classes">
      <div class="card-head">
        <h2 id="classes">{t('segment.classes')}</h2>
        {names.some((name) => hidden.value.has(name)) && (
          <button
            type="button"
            class="link"
            onClick={() => {
              hidden.value = new Set();
              focusSoon(FIRST);
            }}
          >
            {t('segment.all')}
          </button>
        )}
      </div>
      {classes.length === 0 && <p class="quiet small">{t('segment.noClasses')}</p>}
      <ul class="legend">
        {classes.map(({ id, label, color, fraction }, at) => (
          <li key={id}>
            <button
              type="button"
              id={at === 0 ? FIRST : undefined}
              class="legend-row"
              aria-pressed={!hidden.value.has(label)}
              onClick={() => toggleClass(label)}
              onDblClick={() => showOnly(label, names)}
            >
              <Swatch color={color} />
              <span class="legend-name">{label}</span>
              <span class="legend-share">{percent(fraction)}</span>
              <span class="legend-bar" aria-hidden="true">
                <span style={{ width: `${Math.max(0.5, 100 * fraction)}%`, background: cssColor(color) }} />
              </span>
            </button>
            <button
              type="button"
              class="link only"
              onClick={() => showOnly(label, names)}
              aria-label={t('segment.only', { name: label })}
            >
              {t('segment.onlyShort')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
