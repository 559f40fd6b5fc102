/** The buttons that zoom, in the corner of a stage. */
import { type StringKey, t } from '../strings/index.ts';
import { Icon, type IconName } from './icons.tsx';
import type { Viewport } from './viewport.ts';

/** How much a key or a notch of the wheel zooms. */
export const STEP = 1.25;

const BUTTONS: readonly (readonly [IconName, StringKey, (viewport: Viewport) => void])[] = [
  ['plus', 'stage.in', (viewport) => viewport.zoom(STEP ** 2)],
  ['minus', 'stage.out', (viewport) => viewport.zoom(STEP ** -2)],
  ['fit', 'stage.fit', (viewport) => viewport.fit()],
];

export function ZoomButtons({ viewport }: { readonly viewport: Viewport }) {
  return (
    <div class="stage-zoom" role="group" aria-label={t('stage.zoom')}>
      {BUTTONS.map(([icon, text, act]) => (
        <button
          key={icon}
          type="button"
          class="tool"
          aria-label={t(text)}
          title={t(text)}
          onClick={() => act(viewport)}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}
