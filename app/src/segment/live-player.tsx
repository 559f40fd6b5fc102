/** Pauses a video, and goes to any time of it. */
import { t } from '../strings/index.ts';
import { Icon } from '../ui/icons.tsx';
import { clock } from './clock.ts';
import { playing } from './playing.ts';

/** Seconds that an arrow key moves the slider by, and that are left at its end: at the end itself a video begins anew. */
const STEP = 0.1;

export interface LivePlayerProps {
  readonly onToggle: () => void;
  /** @param time in seconds */
  readonly onSeek: (time: number) => void;
}

export function LivePlayer({ onToggle, onSeek }: LivePlayerProps) {
  const { time, duration, isPaused } = playing.value;
  const text = t(isPaused ? 'live.play' : 'live.pause');
  const [at, of] = [clock(time), clock(duration)];
  return (
    <div class="player">
      <button type="button" class="tool play" aria-label={text} title={text} onClick={onToggle}>
        <Icon name={isPaused ? 'play' : 'pause'} />
      </button>
      <label class="player-slider">
        <span class="visually-hidden">{t('live.time')}</span>
        <input
          type="range"
          min="0"
          max={Math.max(0, duration - STEP)}
          step={STEP}
          value={time}
          disabled={duration === 0}
          aria-valuetext={t('live.at', { at, of })}
          onInput={({ currentTarget }) => onSeek(Number(currentTarget.value))}
        />
        <span class="player-ends" aria-hidden="true">
          <span>{at}</span>
          <span>{duration > 0 && of}</span>
        </span>
      </label>
    </div>
  );
}
