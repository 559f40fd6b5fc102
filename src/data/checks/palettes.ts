/** Masks whose palettes contradict each other: an image editor that makes a palette of its own may give a class another index. */
import type { Color } from '../../image/image.ts';
import { IGNORE_INDEX, UNKNOWN } from '../../labels/label-table.ts';
import { type Check, type CheckedDataset, type ProblemItem, readableMasks } from './check.ts';
import { count } from '../../text.ts';

/** Files that show an index in one color. */
interface Shown {
  readonly color: Color;
  readonly kind: PaletteKind;
  readonly files: string[];
}

/**
 * A ramp is gray and gets lighter with the index: what tools write that know of no colors. It says nothing of classes, so it
 * contradicts no colors and no other ramp, but it does a gray palette in another order, such as white before black.
 */
type PaletteKind = 'ramp' | 'gray' | 'colors';

/** Colors that are named of an index. */
const NAMED = 3;

export const PALETTE_CHECKS: readonly Check[] = [
  {
    code: 'palette-conflict',
    severity: 'warning',
    message: (found) =>
      `${count(found, 'index has', 'indices have')} different colors in the palettes of different masks, so it may not mean one class`,
    advice:
      'Image editors sort palettes anew when they save. Look at the masks, and save them all with one palette, or as gray PNG with the ids.',
    find: conflicts,
  },
];

function conflicts(checked: CheckedDataset): ProblemItem[] {
  const { encoding, classes } = checked.dataset;
  if (encoding.kind !== 'ids') return [];
  const byIndex = new Map<number, Map<string, Shown>>();
  for (const { record, mask } of readableMasks(checked)) {
    const used = [...mask.stored.keys()].filter((id) => id < mask.palette.length);
    const kind = kindOf(mask.palette, used);
    for (const id of used) {
      const target = encoding.table[id];
      if (target === IGNORE_INDEX || target === UNKNOWN) continue;
      const color = mask.palette[id] as Color;
      const shown = byIndex.get(id) ?? new Map<string, Shown>();
      byIndex.set(id, shown);
      const key = `${kind} ${color.join()}`;
      const known = shown.get(key);
      if (known) known.files.push(record.sample.mask);
      else shown.set(key, { color, kind, files: [record.sample.mask] });
    }
  }
  return [...byIndex]
    .sort(([a], [b]) => a - b)
    .flatMap(([id, shown]) => {
      const all = [...shown.values()].sort((a, b) => b.files.length - a.files.length);
      const apart = all.filter((each) => all.some((other) => contradict(each, other)));
      if (apart.length === 0) return [];
      const name = classes[encoding.table[id] as number]?.name;
      return [{ subject: `index ${id} (${name})`, detail: describe(apart) }];
    });
}

function contradict(a: Shown, b: Shown): boolean {
  if (a.color.join() === b.color.join()) return false;
  return a.kind === 'ramp' || b.kind === 'ramp' ? a.kind === 'gray' || b.kind === 'gray' : true;
}

function kindOf(palette: readonly Color[], used: readonly number[]): PaletteKind {
  if (palette.some(([red, green, blue]) => red !== green || green !== blue)) return 'colors';
  const grays = [...used].sort((a, b) => a - b).map((id) => (palette[id] as Color)[0]);
  return grays.every((gray, index) => index === 0 || gray > (grays[index - 1] as number)) ? 'ramp' : 'gray';
}

function describe(shown: readonly Shown[]): string {
  const places = shown.slice(0, NAMED).map(({ color, files: [first, ...others] }) => {
    const more = others.length > 0 ? ` and ${count(others.length, 'other')}` : '';
    return `(${color.join()}) in ${first}${more}`;
  });
  return places.join(', ') + (shown.length > NAMED ? `, and ${count(shown.length - NAMED, 'other color')}` : '');
}
