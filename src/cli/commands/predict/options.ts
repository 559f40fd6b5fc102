/** Values of the options that only `predict` takes. */
import { UsageError } from '../../../errors.ts';

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
