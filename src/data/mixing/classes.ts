/** Mixing by classes: the pixels that another sample's mask gives to some of its classes are pasted with that mask. */
import * as z from 'zod';
import { countLabels } from '../../image/label-map.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import type { RandomStream } from '../../tensor/random.ts';
import { MIX_OPTIONS, mixKind, type PastedPixels } from './mix.ts';

/**
 * Which classes count as the background, which is not pasted: none, the data set's first, the one with most of the other
 * image's pixels, or the common ones: every class with at least as many of them as the classes there have in the mean.
 */
export const BACKGROUNDS = ['none', 'first', 'most-frequent', 'common'] as const;

type Background = (typeof BACKGROUNDS)[number];

const background = z.enum(BACKGROUNDS);

/**
 * ClassMix (Olsson et al., WACV 2021): half of the classes that the other sample has, drawn at random; of an odd number the
 * smaller half or the larger one, as likely. Ignored pixels are never pasted.
 */
export const classmix = mixKind({
  name: 'classmix',
  options: z.strictObject({ ...MIX_OPTIONS, background: background.default('none') }),
  create: (options) => pixelsOf(options.background, half),
});

/** Copy-paste (Ghiasi et al., CVPR 2021) by class: all that the other sample has but its background and ignored pixels. */
export const copyPaste = mixKind({
  name: 'copy-paste',
  options: z.strictObject({ ...MIX_OPTIONS, background: background.default('first') }),
  create: (options) => pixelsOf(options.background, (classes) => classes),
});

type Choice = (classes: readonly number[], random: RandomStream) => readonly number[];

function pixelsOf(left: Background, choose: Choice): PastedPixels {
  return ({ labels }, random) => {
    const counts = countLabels(labels, 256);
    const present = [...counts.keys()].filter((id) => id !== IGNORE_INDEX && counts[id] !== 0);
    const out = new Set(BACKGROUND_OF[left](present, (id) => counts[id] as number));
    const isChosen = new Uint8Array(256);
    const rest = present.filter((id) => !out.has(id));
    for (const id of choose(rest, random)) isChosen[id] = 1;
    return labels.data.map((id) => isChosen[id] as number);
  };
}

/** The classes that are left out, of those that are there. */
const BACKGROUND_OF: Readonly<
  Record<Background, (present: readonly number[], countOf: (id: number) => number) => readonly number[]>
> = {
  none: () => [],
  first: () => [0],
  'most-frequent': (present, countOf) => {
    const most = Math.max(...present.map(countOf));
    return present.filter((id) => countOf(id) === most).slice(0, 1);
  },
  common: (present, countOf) => {
    const mean = present.reduce((sum, id) => sum + countOf(id), 0) / present.length;
    return present.filter((id) => countOf(id) >= mean);
  },
};

/** Half of them, in the order that the stream gives. */
const half: Choice = (classes, random) => {
  const left = [...classes];
  const count = Math.floor((classes.length + random.integer(2)) / 2);
  return Array.from({ length: count }, () => left.splice(random.integer(left.length), 1)[0] as number);
};
