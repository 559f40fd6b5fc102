/** What is at a station, as a picture and a sentence. */
import type { ClassReading, Station, Tensor } from 'refinenet/web';
import { layersOf } from '../segment/layers.ts';
import { t } from '../strings/index.ts';
import { differencePicture, featurePicture } from './features.ts';
import { channel, isProbed, look, reading, selected } from './settings.ts';
import { first, type Side } from './sides.ts';

/** What is drawn over, or in place of, the photograph. */
export interface Picture {
  readonly canvas: OffscreenCanvas;
  readonly outlines?: OffscreenCanvas;
  readonly says: string;
}

const SAYS: Readonly<Record<ClassReading, Parameters<typeof t>[0]>> = {
  network: 'refine.byNetwork',
  classifier: 'refine.byClassifier',
  probe: 'refine.byProbe',
};

const shapeOf = ({ shape }: Tensor<'float32'>): string => shape.slice(1).join(' × ');

const saysChannel = (shape: string, channel: number | null): string =>
  channel === null ? shape : t('refine.shapeChannel', { shape, channel });

/** The station of this name, or in another network the one as far along. */
function stationIn(stations: readonly Station[], name: string): Station | undefined {
  const own = stations.find((station) => station.name === name);
  if (own) return own;
  const main = first.inspected.value?.inspection.stations ?? [];
  const index = main.findIndex((station) => station.name === name);
  const share = Math.max(0, index) / Math.max(1, main.length - 1);
  return stations[Math.round(share * (stations.length - 1))];
}

export async function pictureOf(side: Side): Promise<Picture | null> {
  const now = side.inspected.value;
  const station = now && stationIn(now.inspection.stations, selected.value);
  if (!now || !station) return null;
  const { inspection } = now;
  const [view, how, picked] = [look.value, reading.value, channel.value];
  if (view === 'classes') {
    const { segmentation, by } = await inspection.classes(station.name, isProbed.value ? { by: 'probe' } : {});
    const { colors, outlines } = layersOf(segmentation.labels, segmentation.colors, () => true, false);
    return { canvas: colors, outlines, says: t(SAYS[by]) };
  }
  const features = (of: Tensor<'float32'>, says?: string): Picture => {
    const { canvas, channel } = featurePicture(of, how, picked);
    return { canvas, says: says ?? saysChannel(shapeOf(of), channel) };
  };
  const before = station.inputs.find((name) => name !== 'image');
  const output = await inspection.tensor(station.name);
  if (view === 'output') return features(output);
  if (before === undefined) return features(output, t('refine.noInput'));
  const input = await inspection.tensor(before);
  if (view === 'input') return features(input);
  if (input.shape.join() !== output.shape.join()) return features(output, t('refine.noDifference'));
  const difference = differencePicture(output, input, how, picked);
  return { canvas: difference.canvas, says: saysChannel(shapeOf(output), difference.channel) };
}
