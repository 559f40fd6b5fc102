/** Features as pictures. */
import type { Tensor } from 'refinenet/web';

/** How many channels become a picture: the one that varies most, one that is picked, or three principal components as colors. */
export type Reading = 'components' | 'strongest' | 'channel';

export interface FeaturePicture {
  readonly canvas: OffscreenCanvas;
  /** The channel that is shown; null for components and magnitudes. */
  readonly channel: number | null;
}

type Features = Tensor<'float32'>;

interface Plane {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly cells: number;
}

function planeOf({ shape }: Features): Plane {
  const [, channels, height, width] = shape as [number, number, number, number];
  return { channels, height, width, cells: height * width };
}

const channelOf = ({ data }: Features, channel: number, cells: number): Float32Array =>
  data.subarray(channel * cells, (channel + 1) * cells);

/** From little to much: dark to light. */
const HEAT = [
  [10, 8, 32],
  [70, 24, 110],
  [166, 50, 120],
  [240, 110, 88],
  [253, 226, 150],
] as const;

/** From below zero to above it. */
const DIVERGING = [
  [36, 92, 200],
  [140, 178, 240],
  [246, 246, 246],
  [244, 164, 136],
  [196, 44, 40],
] as const;

function colorAt(table: readonly (readonly number[])[], share: number): readonly [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (table.length - 1);
  const from = Math.min(table.length - 2, Math.floor(place));
  const [low, high] = [table[from] as readonly number[], table[from + 1] as readonly number[]];
  const mix = (at: number): number =>
    (low[at] as number) + ((high[at] as number) - (low[at] as number)) * (place - from);
  return [mix(0), mix(1), mix(2)];
}

function paint(
  { width, height, cells }: Plane,
  color: (cell: number) => readonly [number, number, number],
): OffscreenCanvas {
  const image = new ImageData(width, height);
  for (let cell = 0; cell < cells; cell++) {
    const [red, green, blue] = color(cell);
    image.data.set([red, green, blue, 255], 4 * cell);
  }
  const canvas = new OffscreenCanvas(width, height);
  (canvas.getContext('2d') as OffscreenCanvasRenderingContext2D).putImageData(image, 0, 0);
  return canvas;
}

/** The values below which a fiftieth and above which a fiftieth lies: single peaks do not darken the rest. */
function range(values: Float32Array | Float64Array): readonly [number, number] {
  const sorted = values.slice().sort();
  const low = sorted[Math.floor(sorted.length * 0.02)] as number;
  const high = sorted[Math.floor((sorted.length - 1) * 0.98)] as number;
  return high > low ? [low, high] : [low, low + 1];
}

/** The channel that varies most. */
export function strongestChannel(features: Features): number {
  const { channels, cells } = planeOf(features);
  let best = 0;
  let most = -1;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    let squares = 0;
    for (const value of channelOf(features, channel, cells)) {
      sum += value;
      squares += value * value;
    }
    const variance = squares / cells - (sum / cells) ** 2;
    if (variance > most) [best, most] = [channel, variance];
  }
  return best;
}

export function featurePicture(features: Features, reading: Reading, channel: number): FeaturePicture {
  const plane = planeOf(features);
  if (reading === 'components' && plane.channels >= 3) return { canvas: components(features, plane), channel: null };
  const shown = reading === 'channel' ? Math.min(channel, plane.channels - 1) : strongestChannel(features);
  const values = channelOf(features, shown, plane.cells);
  const [low, high] = range(values);
  return {
    canvas: paint(plane, (cell) => colorAt(HEAT, ((values[cell] as number) - low) / (high - low))),
    channel: shown,
  };
}

/** What a part added: by channel from blue (less) to red (more); over all channels how much it is. */
export function differencePicture(
  output: Features,
  input: Features,
  reading: Reading,
  channel: number,
): FeaturePicture {
  const plane = planeOf(output);
  const difference: Features = { ...output, data: output.data.map((value, at) => value - (input.data[at] as number)) };
  if (reading === 'components') {
    const size = new Float32Array(plane.cells);
    for (let from = 0, cell = 0; from < difference.data.length; from++, cell = (cell + 1) % plane.cells)
      size[cell] = (size[cell] as number) + Math.abs(difference.data[from] as number);
    const [low, high] = range(size);
    return {
      canvas: paint(plane, (cell) => colorAt(HEAT, ((size[cell] as number) - low) / (high - low))),
      channel: null,
    };
  }
  const shown = reading === 'channel' ? Math.min(channel, plane.channels - 1) : strongestChannel(difference);
  const values = channelOf(difference, shown, plane.cells);
  const most = Math.max(1e-12, ...range(values.map(Math.abs)));
  return {
    canvas: paint(plane, (cell) => colorAt(DIVERGING, 0.5 + (values[cell] as number) / most / 2)),
    channel: shown,
  };
}

const SAMPLES = 1200;
const ROUNDS = 12;

/** The three principal components, each over its range, as red, green and blue. */
function components(features: Features, plane: Plane): OffscreenCanvas {
  const { channels, cells } = plane;
  const step = Math.max(1, Math.floor(cells / SAMPLES));
  const means = Float64Array.from({ length: channels }, (_, channel) => {
    const values = channelOf(features, channel, cells);
    return values.reduce((sum, value) => sum + value, 0) / cells;
  });
  const rows: Float64Array[] = [];
  for (let cell = 0; cell < cells; cell += step) {
    rows.push(Float64Array.from(means, (mean, channel) => (features.data[channel * cells + cell] as number) - mean));
  }
  const found: Float64Array[] = [];
  for (let component = 0; component < 3; component++) {
    let axis = Float64Array.from({ length: channels }, (_, at) => Math.sin(at * 12.9898 + component * 78.233));
    for (let round = 0; round < ROUNDS; round++) {
      const next = new Float64Array(channels);
      for (const row of rows) {
        let along = 0;
        for (let at = 0; at < channels; at++) along += (row[at] as number) * (axis[at] as number);
        for (let at = 0; at < channels; at++) next[at] = (next[at] as number) + along * (row[at] as number);
      }
      for (const before of found) {
        const along = next.reduce((sum, value, at) => sum + value * (before[at] as number), 0);
        for (let at = 0; at < channels; at++) next[at] = (next[at] as number) - along * (before[at] as number);
      }
      const length = Math.hypot(...next) || 1;
      axis = next.map((value) => value / length);
    }
    found.push(axis);
  }
  const planes = found.map((axis) => {
    const values = new Float64Array(cells);
    for (let channel = 0; channel < channels; channel++) {
      const weight = axis[channel] as number;
      const own = channelOf(features, channel, cells);
      const mean = means[channel] as number;
      for (let cell = 0; cell < cells; cell++)
        values[cell] = (values[cell] as number) + weight * ((own[cell] as number) - mean);
    }
    const [low, high] = range(values);
    return values.map((value) => (255 * (value - low)) / (high - low));
  });
  const [red, green, blue] = planes as [Float64Array, Float64Array, Float64Array];
  return paint(plane, (cell) => [red[cell] as number, green[cell] as number, blue[cell] as number]);
}
