/** How much of the overlay is seen, the same in every view that has one. */
import { t } from '../strings/index.ts';
import { Slider } from '../ui/fields.tsx';
import { opacity } from './settings.ts';

export function OpacitySlider() {
  return (
    <Slider
      text={t('segment.opacity')}
      value={Math.round(opacity.value * 100)}
      most={100}
      onChange={(value) => {
        opacity.value = value / 100;
      }}
    />
  );
}
