/** The slider from coarse to fine, and the button that plays it. */
import type { Station } from 'refinenet/web';
import { useEffect } from 'preact/hooks';
import { t } from '../strings/index.ts';
import { Icon } from '../ui/icons.tsx';
import { isPlaying, select, selected } from './settings.ts';
import { kindText } from './words.ts';

/** Milliseconds at a station. */
const PAUSE = 900;

export function Player({
  path,
  station,
}: {
  readonly path: readonly Station[];
  readonly station: Station | undefined;
}) {
  const at = path.findIndex(({ name }) => name === selected.value);
  useEffect(() => {
    if (!isPlaying.value) return undefined;
    if (at >= path.length - 1) {
      isPlaying.value = false;
      return undefined;
    }
    const timer = setTimeout(() => {
      selected.value = (path[at + 1] as Station).name;
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [isPlaying.value, at, path]);
  const play = (): void => {
    if (!isPlaying.value && at >= path.length - 1) selected.value = (path[0] as Station).name;
    isPlaying.value = !isPlaying.value;
  };
  const text = t(isPlaying.value ? 'refine.stop' : 'refine.play');
  const isEmpty = path.length === 0;
  return (
    <div class="player">
      <button type="button" class="tool play" aria-label={text} title={text} disabled={isEmpty} onClick={play}>
        <Icon name={isPlaying.value ? 'stop' : 'play'} />
      </button>
      <label class="player-slider">
        <span class="visually-hidden">{t('refine.slider')}</span>
        <input
          type="range"
          min="0"
          max={Math.max(0, path.length - 1)}
          value={Math.max(0, at)}
          disabled={isEmpty}
          aria-valuetext={station ? `${kindText(station.kind)}, ${station.name}` : ''}
          onInput={({ currentTarget }) => select(path[Number(currentTarget.value)]?.name ?? selected.value)}
        />
        <span class="player-ends" aria-hidden="true">
          <span>{t('refine.coarse')}</span>
          <span>{t('refine.fine')}</span>
        </span>
      </label>
    </div>
  );
}
