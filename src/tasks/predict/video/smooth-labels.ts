/** Labels that do not flicker: a pixel changes its class only when it is sure of it. */
import type { LabelMap } from '../../../image/label-map.ts';

/**
 * Smooths the labels of one frame after another: a pixel takes another class once that was predicted in `frames` frames in a row. With 1
 * nothing is changed. Two bytes a pixel are kept.
 */
export function labelSmoother(frames: number): (labels: LabelMap) => LabelMap {
  let shown: Uint8Array | Uint16Array | undefined;
  let candidates: Uint8Array | Uint16Array | undefined;
  let times: Uint16Array | undefined;
  return (labels) => {
    const { data } = labels;
    if (frames === 1) return labels;
    if (!shown || !candidates || !times || shown.length !== data.length) {
      shown = data.slice();
      candidates = data.slice();
      times = new Uint16Array(data.length);
      return labels;
    }
    for (let pixel = 0; pixel < data.length; pixel++) {
      const label = data[pixel] as number;
      if (label === shown[pixel]) times[pixel] = 0;
      else if (label !== candidates[pixel] || times[pixel] === 0) {
        candidates[pixel] = label;
        times[pixel] = 1;
      } else times[pixel] = (times[pixel] as number) + 1;
      if ((times[pixel] as number) >= frames) {
        shown[pixel] = label;
        times[pixel] = 0;
      }
    }
    return { ...labels, data: shown.slice() };
  };
}
