/** Refinement: what the network sees at every station, from coarse to fine. */
import type { Station } from 'refinenet/web';
import { useEffect, useMemo } from 'preact/hooks';
import { Filmstrip } from '../segment/filmstrip.tsx';
import { modelFault } from '../state/models.ts';
import { photoIndex, photos } from '../state/photos.ts';
import { t } from '../strings/index.ts';
import { Problem } from '../ui/problem.tsx';
import { beginWithStreet } from './beginning.ts';
import { Compare } from './compare.tsx';
import { Diagram } from './diagram.tsx';
import { refinementPath } from './layout.ts';
import { Player } from './player.tsx';
import { select, selected } from './settings.ts';
import { SideStage } from './side-stage.tsx';
import { first, isCompared, second, startInspecting } from './sides.ts';
import { StationCard } from './station-card.tsx';
import { StationLegend } from './station-legend.tsx';
import { Tour } from './tour.tsx';
import { kindText } from './words.ts';

const NONE: readonly Station[] = [];

export function RefinementView() {
  useEffect(() => {
    beginWithStreet();
    return startInspecting();
  }, []);
  const stations = first.inspected.value?.inspection.stations ?? NONE;
  const path = useMemo(() => refinementPath(stations), [stations]);
  useEffect(() => {
    if (path.length > 0 && !stations.some(({ name }) => name === selected.value))
      selected.value = (path[0] as Station).name;
  }, [path]);
  const station = stations.find(({ name }) => name === selected.value);
  const said = { station: station ? kindText(station.kind) : '' };
  return (
    <div class="view refinement">
      <section class="view-main" aria-label={t('refine.picture')}>
        <div class={isCompared.value ? 'sides two' : 'sides'}>
          <SideStage side={first} title={t('refine.stage', said)} />
          {isCompared.value && <SideStage side={second} title={t('refine.second', said)} />}
        </div>
        <Problem of={[first.fault, second.fault, modelFault]} />
        <Player path={path} station={station} />
        {photos.value.length > 1 && <Filmstrip index={photoIndex} />}
        <p class="visually-hidden" role="status">
          {station && first.says.value && t('refine.status', { ...said, name: station.name, says: first.says.value })}
        </p>
      </section>
      <aside class="panel" aria-label={t('refine.panel')}>
        <Tour stations={stations} />
        <section class="card" aria-labelledby="network">
          <h2 id="network">{t('refine.network')}</h2>
          <Diagram stations={stations} selected={selected.value} onSelect={select} />
        </section>
        {station && <StationCard station={station} />}
        <StationLegend />
        <Compare />
      </aside>
    </div>
  );
}
