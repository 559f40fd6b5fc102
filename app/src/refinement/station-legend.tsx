/** The classes that the station which is looked at would give on its own, with their shares. */
import type { WebSegmentation } from 'refinenet/web';
import { percent, t } from '../strings/index.ts';
import { Swatch } from '../ui/swatch.tsx';
import { first, isCompared, second, type Side } from './sides.ts';

export function StationLegend() {
  const sides = (isCompared.value ? [first, second] : [first]).filter(({ found }) => found.value);
  if (sides.length === 0) return null;
  return (
    <section class="card" aria-labelledby="station-classes">
      <h2 id="station-classes">{t('refine.legend')}</h2>
      {sides.map((side) => (
        <ClassShares
          key={side === first ? 'first' : 'second'}
          side={side}
          found={side.found.value as WebSegmentation}
        />
      ))}
    </section>
  );
}

function ClassShares({ side: { inspected }, found }: { readonly side: Side; readonly found: WebSegmentation }) {
  const now = inspected.value;
  return (
    <>
      {isCompared.value && now && (
        <h3 class="quiet small">{t('refine.side', { photo: now.photo.name, model: now.model })}</h3>
      )}
      <ul class="shares">
        {found.classes.map(({ id, label, color, fraction }) => (
          <li key={id}>
            <Swatch color={color} />
            <span class="legend-name">{label}</span>
            <span class="legend-share">{percent(fraction)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
