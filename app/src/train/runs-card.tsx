/** The runs that this browser keeps: each can be opened or deleted. */
import type { TrainingRun } from 'refinenet/web/training';
import { useEffect } from 'preact/hooks';
import { percent, t } from '../strings/index.ts';
import { focusSoon } from '../ui/focus.ts';
import { Icon } from '../ui/icons.tsx';
import { deleteKept, findRuns, goOn, keptRuns, openKept } from './kept-runs.ts';
import { isTraining } from './training.ts';

/** What has the focus when a run is gone. */
const TITLE = 'kept-runs';

export function RunsCard() {
  useEffect(() => {
    if (!isTraining.value) void findRuns();
  }, [isTraining.value]);
  if (keptRuns.value.length === 0) return null;
  return (
    <section class="card" aria-labelledby={TITLE}>
      <h2 id={TITLE} tabIndex={-1}>
        {t('runs.title')}
      </h2>
      <ul class="runs">
        {keptRuns.value.map((run) => (
          <KeptRun key={run.name} run={run} />
        ))}
      </ul>
    </section>
  );
}

function KeptRun({ run: { name, status, epoch, epochs, best } }: { readonly run: TrainingRun }) {
  const isAtWork = status === 'training';
  const remove = (): void => {
    if (!confirm(t('runs.ask', { name }))) return;
    void deleteKept(name).then(() => focusSoon(TITLE));
  };
  return (
    <li>
      <span class="runs-name">
        <span class="legend-name">{name}</span>
        <span class="quiet small">
          {isAtWork ? t('runs.atWork') : t('runs.epochs', { epoch, epochs })}
          {best && ` · ${t('runs.best', { meanIoU: percent(best.meanIoU) })}`}
        </span>
      </span>
      {status === 'interrupted' && (
        <button type="button" class="chip" disabled={isTraining.value} onClick={() => void goOn(name)}>
          <Icon name="play" /> {t('runs.goOn')}
          <span class="visually-hidden">{name}</span>
        </button>
      )}
      <button type="button" class="chip" disabled={isAtWork} onClick={() => void openKept(name)}>
        <Icon name="open" /> {t('runs.open')}
        <span class="visually-hidden">{name}</span>
      </button>
      <button
        type="button"
        class="tool"
        disabled={isAtWork}
        aria-label={t('runs.delete', { name })}
        title={t('runs.delete', { name })}
        onClick={remove}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}
