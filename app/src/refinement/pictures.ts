/** What is at a station, as a picture and a sentence. */
import type { ClassReading, Station, Tensor, WebSegmentation } from 'refinenet/web';
import { layersOf } from '../segment/layers.ts';
import { t } from '../strings/index.ts';
import { differencePicture, featurePicture } from './features.ts';
import { channel, input, isProbed, look, reading, selected } from './settings.ts';
import { first, type Side } from './sides.ts';

/** What is drawn over, or in place of, the photograph. */
export interface Picture {
  readonly canvas: OffscreenCanvas;
  readonly outlines?: OffscreenCanvas;
  readonly says: string;
  /** The classes that are drawn; null where features are. */
  readonly found: WebSegmentation | null;
}

/** What a station takes of other stations. */
export const inputsOf = ({ inputs }: Station): readonly string[] => inputs.filter((name) => name !== 'image');

/** The one of these inputs that is chosen, or the last where another station had more. */
export const chosenInput = (inputs: readonly string[]): number => Math.min(input.value, Math.max(0, inputs.length - 1));

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
  const inputs = inputsOf(station);
  const [view, how, picked, before] = [look.value, reading.value, channel.value, inputs[chosenInput(inputs)]];
  if (view === 'classes') {
    const { segmentation, by } = await inspection.classes(station.name, isProbed.value ? { by: 'probe' } : {});
    const { colors, outlines } = layersOf(segmentation.labels, segmentation.colors, () => true, false);
    return { canvas: colors, outlines, says: t(SAYS[by]), found: segmentation };
  }
  const features = (of: Tensor<'float32'>, says?: string): Picture => {
    const { canvas, channel } = featurePicture(of, how, picked);
    return { canvas, says: says ?? saysChannel(shapeOf(of), channel), found: null };
  };
  const output = await inspection.tensor(station.name);
  if (view === 'output') return features(output);
  if (before === undefined) return features(output, t('refine.noInput'));
  const taken = await inspection.tensor(before);
  if (view === 'input') return features(taken);
  if (taken.shape.join() !== output.shape.join()) return features(output, t('refine.noDifference'));
  const difference = differencePicture(output, taken, how, picked);
  return { canvas: difference.canvas, says: saysChannel(shapeOf(output), difference.channel), found: null };
}
