/** Train: a model learns what was labeled, in the page. */
import { useEffect } from 'preact/hooks';
import { touched } from '../label/labeling.ts';
import { startLabeling } from '../label/restoring.ts';
import { model, modelFault } from '../state/models.ts';
import { t } from '../strings/index.ts';
import { Slider } from '../ui/fields.tsx';
import { Icon } from '../ui/icons.tsx';
import { Problem } from '../ui/problem.tsx';
import { Curve } from './curve.tsx';
import { Drawn } from './drawn.tsx';
import { takeAnew } from './kept-runs.ts';
import { Result } from './result.tsx';
import { RunsCard } from './runs-card.tsx';
import {
  crop,
  epochs,
  isTraining,
  parts,
  progress,
  samples,
  share,
  startTraining,
  stopTraining,
  trainFault,
  warnings,
} from './training.ts';

export function TrainView() {
  useEffect(() => startLabeling(), []);
  const { learned, heldOut } = parts.value;
  const isReady = learned.length > 0 && model.value !== undefined;
  return (
    <div class="view training">
      <section class="view-main training-main" aria-label={t('train.title')} tabIndex={0}>
        <Curve />
        {progress.value && (
          <p class="training-progress" role="status">
            {isTraining.value && <progress value={share.value} aria-label={t('train.title')} />}
            <span>{progress.value}</span>
          </p>
        )}
        <Problem of={[trainFault, modelFault]} />
        {warnings.value.length > 0 && (
          <section aria-labelledby="train-warnings" aria-live="polite">
            <h2 id="train-warnings">{t('train.warnings')}</h2>
            <ul>
              {warnings.value.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </section>
        )}
        {samples.value.length > 0 && (
          <section aria-labelledby="train-samples">
            <h2 id="train-samples">{t('train.samples')}</h2>
            <div class="samples">
              {samples.value.map(({ name, found }) => (
                <Drawn key={name} found={found} text={name} />
              ))}
            </div>
          </section>
        )}
      </section>
      <aside class="panel" aria-label={t('tabs.train')}>
        <section class="card" aria-labelledby="train-what">
          <h2 id="train-what">{t('train.what')}</h2>
          <p>
            {touched.value.length === 0
              ? t('train.nothing')
              : t('train.counts', { learned: learned.length, heldOut: heldOut.length })}
          </p>
          {learned.length > 0 && heldOut.length === 0 && <p>{t('train.noneHeldOut')}</p>}
          <p class="quiet small">{t('train.start', { name: model.value?.name ?? '' })}</p>
        </section>
        <section class="card" aria-labelledby="train-how">
          <h2 id="train-how">{t('train.how')}</h2>
          <Slider
            text={t('train.epochs')}
            value={epochs.value}
            least={1}
            most={100}
            onChange={(value) => {
              epochs.value = value;
            }}
          />
          <Slider
            text={t('train.crop')}
            value={crop.value / 32}
            least={1}
            most={12}
            says={`${crop.value} px`}
            onChange={(value) => {
              crop.value = value * 32;
            }}
          />
          {isTraining.value ? (
            <button type="button" class="button" onClick={stopTraining}>
              <Icon name="stop" /> <span>{t('train.stop')}</span>
            </button>
          ) : (
            <button
              type="button"
              class="button primary"
              disabled={!isReady}
              onClick={() => void startTraining(takeAnew)}
            >
              <Icon name="play" /> <span>{t('train.begin')}</span>
            </button>
          )}
          <p class="quiet small">{t('train.hint')}</p>
        </section>
        <Result />
        <RunsCard />
      </aside>
    </div>
  );
}
