/** The loss of every step, and the mean IoU on the held-out pictures. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { percent, t } from '../strings/index.ts';
import { losses, scores, updates } from './training.ts';

/** Where letters are 16 pixels high; all grows with them. */
const HIGH = 220;
const [LEFT, RIGHT] = [44, 8];
const [TOP, BOTTOM] = [12, 12];

const letters = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** In pixels of letters that are 16 of them high, so that lines are as strong on a phone as on a wall. */
function useWidth() {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) =>
      setWidth((entry as ResizeObserverEntry).contentRect.width / letters()),
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

export function Curve() {
  const values = losses.value;
  return values.length === 0 ? <p class="curve curve-none quiet">{t('train.noCurve')}</p> : <Drawing values={values} />;
}

function Drawing({ values }: { readonly values: readonly number[] }) {
  const { element, width } = useWidth();
  const most = Math.max(...values);
  // From the first step to the last that is to come.
  const steps = Math.max(values.length, updates.value, 2) - 1;
  const x = (at: number): number => LEFT + (at / steps) * (width - LEFT - RIGHT);
  const y = (value: number): number => TOP + (1 - value / most) * (HIGH - TOP - BOTTOM);
  const line = values.map((value, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const last = values.at(-1) as number;
  const score = scores.value.at(-1);
  return (
    <figure class="curve" ref={element}>
      <svg
        viewBox={`0 0 ${width} ${HIGH}`}
        style={{ height: `${HIGH / 16}rem` }}
        role="img"
        aria-label={t(values.length === 1 ? 'train.curveOne' : 'train.curve', {
          steps: values.length,
          loss: last.toFixed(3),
        })}
      >
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line x1={LEFT} x2={width - RIGHT} y1={y(part * most)} y2={y(part * most)} class="curve-grid" />
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
