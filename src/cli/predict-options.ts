/** Values of the options that only `predict` takes. */
import { UsageError } from '../errors.ts';
import type { Optimization } from '../graph/rewrite/optimize.ts';
import type { ProtocolName } from '../inference/protocols.ts';

/** The names in the registry of formats. As all lists here it stands for one that is loaded only when it is needed. */
export const FORMAT_NAMES = [
  'rle',
  'rle-counts',
  'polygons',
  'yolo',
  'geojson',
  'masks',
  'confidence',
  'confidence-npy',
  'entropy',
  'entropy-npy',
] as const;

export const OPTIMIZATION_NAMES = ['speed', 'memory', 'none'] as const satisfies readonly Optimization[];

export const PROTOCOLS = ['plain', 'refinenet', 'refinenet-cityscapes'] as const satisfies readonly ProtocolName[];

/** What documents list. */
export const REGIONS = ['class', 'component'] as const;

export type Regions = (typeof REGIONS)[number];

/** `rle,polygons`: names of formats, each once. */
export function formatNames(text: string): readonly string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const unknown = names.filter((name) => !(FORMAT_NAMES as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `--format takes ${FORMAT_NAMES.join(', ')}, separated by commas; got "${unknown.join(', ')}".`,
    );
  }
  return names;
}

/** `0.75,1,1.25`: numbers above 0. */
export function scales(text: string): readonly number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!numbers.every((number) => number > 0 && Number.isFinite(number))) {
    throw new UsageError(`--scales takes numbers above 0, separated by commas, such as 0.75,1,1.25; got "${text}".`);
  }
  return numbers;
}
