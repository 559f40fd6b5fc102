/** The loss of every step, and the mean IoU on the held-out pictures. */
import { percent, t } from '../strings/index.ts';
import { losses, scores } from './training.ts';

const [WIDE, HIGH] = [640, 200];
const LEFT = 44;
const [TOP, BOTTOM] = [12, 24];

export function Curve() {
  const values = losses.value;
  if (values.length === 0) return <p class="curve curve-none quiet">{t('train.noCurve')}</p>;
  const most = Math.max(...values);
  const x = (at: number): number => LEFT + (at / Math.max(1, values.length - 1)) * (WIDE - LEFT - 8);
  const y = (value: number): number => TOP + (1 - value / most) * (HIGH - TOP - BOTTOM);
  const line = values.map((value, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const last = values.at(-1) as number;
  const score = scores.value.at(-1);
  return (
    <figure class="curve">
      <svg
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        role="img"
        aria-label={t('train.curve', { steps: values.length, loss: last.toFixed(3) })}
      >
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line x1={LEFT} x2={WIDE - 8} y1={y(part * most)} y2={y(part * most)} class="curve-grid" />
            <text x={LEFT - 8} y={y(part * most) + 4} class="curve-text">
              {(part * most).toFixed(2)}
            </text>
          </g>
        ))}
        <path d={line} class="curve-line" />
        <circle cx={x(values.length - 1)} cy={y(last)} r="3.5" class="curve-dot" />
      </svg>
      <figcaption>
        <span>
          {t('train.loss')} <strong>{last.toFixed(3)}</strong>
        </span>
        <span>
          {t('train.meanIoU')} <strong>{score ? percent(score.meanIoU) : '–'}</strong>
          {score && <span class="quiet"> {t('train.epoch', { epoch: score.epoch })}</span>}
        </span>
      </figcaption>
    </figure>
  );
}
