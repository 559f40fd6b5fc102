/** What is under the pointer or the keyboard's cursor, of photographs and of what plays. */
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { type Shown, shown } from '../state/segmenting.ts';
import { percent, t } from '../strings/index.ts';
import type { Point } from '../ui/point.ts';
import { ClassWords } from '../ui/class-words.tsx';

const pointed = signal<Point | null>(null);

/** Takes the pixel that is pointed at; null for none. */
export function pointAt(point: Point | null): void {
  pointed.value = point;
}

/** The class and the confidence in words that are seen; the children where nothing is pointed at. */
export function Readout({ children }: { readonly children: ComponentChildren }) {
  const { segmentation } = shown.value ?? {};
  const point = pointed.value;
  if (!segmentation || !point) return <p class="stage-readout quiet">{children}</p>;
  const { width, data } = segmentation.labels;
  const at = point.y * width + point.x;
  const id = data[at] as number;
  const found = segmentation.classes.find((each) => each.id === id);
  if (!found) return null;
  return (
    <p class="stage-readout">
      <ClassWords found={found} point={point}>
        {segmentation.confidence && <span>{percent(segmentation.confidence[at] as number)}</span>}
      </ClassWords>
    </p>
  );
}

/** The same for screen readers; empty where nothing was found. */
export function said({ x, y }: Point, now: Shown | undefined = shown.value): string {
  const { segmentation } = now ?? {};
  if (!segmentation) return '';
  const at = y * segmentation.labels.width + x;
  const name = segmentation.classes.find(({ id }) => id === segmentation.labels.data[at])?.label ?? '';
  return t('segment.pixel', { name, share: percent(segmentation.confidence?.[at] ?? 0), x, y });
}
