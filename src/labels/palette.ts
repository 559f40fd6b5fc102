/** Colors for classes. */
import type { Color } from '../image/image.ts';

/** The color map of PASCAL VOC: the bits of the class id spread over the channels' bits, highest first. */
export function vocPalette(count: number): Color[] {
  return Array.from({ length: count }, (_, id): Color => {
    // Bits 0, 1, 2 of the id become the top bit of red, green, blue; bits 3, 4, 5 the next one; and so on.
    const channel = (first: number) => {
      let value = 0;
      for (let bit = 0; bit < 8; bit++) value |= ((id >> (3 * bit + first)) & 1) << (7 - bit);
      return value;
    };
    return [channel(0), channel(1), channel(2)];
  });
}

/** Names under which data sets keep what is none of their classes. */
const BACKGROUND = /^(_*background_*|bg|void|unlabell?ed|other|none)$/i;

/**
 * Colors for classes that bring none: black for the first that is called background (or void, unlabeled, other, none),
 * easily told apart ones for the rest, of which further ones with such names come last.
 */
export function paletteFor(classNames: readonly string[]): Color[] {
  const distinct = distinctPalette(classNames.length);
  const colors: Color[] = classNames.map(() => [0, 0, 0]);
  const ids = [...classNames.keys()];
  const isBackground = (id: number): boolean => BACKGROUND.test((classNames[id] as string).trim());
  const colored = [...ids.filter((id) => !isBackground(id)), ...ids.filter(isBackground).slice(1)];
  for (const [at, id] of colored.entries()) colors[id] = distinct[at] as Color;
  return colors;
}

/**
 * Colors that are easily told apart, from each other and from most of an image: the first ones farthest apart.
 * Strong, neither black nor white nor gray. The first n of a longer palette are the palette of n.
 * Each next color is the one farthest, in Oklab, from all before. At least 255 are different; more share colors from the start.
 */
export function distinctPalette(count: number): Color[] {
  const chosen: Color[] = [];
  const distances = CANDIDATES.map(() => Number.POSITIVE_INFINITY);
  while (chosen.length < count) {
    if (chosen.length >= CANDIDATES.length) chosen.push(chosen[chosen.length % CANDIDATES.length] as Color);
    else chosen.push(takeFarthest(distances, chosen.length < CLEAR.length ? CLEAR.length : CANDIDATES.length));
  }
  return chosen;
}

interface Candidate {
  readonly color: Color;
  readonly lab: readonly [number, number, number];
}

/** A clear blue begins: red stands for danger, and green for plants. */
const FIRST: Color = [32, 128, 224];

/** Bounds of lightness and chroma in Oklab. */
interface Gamut {
  readonly lightness: readonly [least: number, most: number];
  readonly chroma: readonly [least: number, most: number];
}

/** Colors as strong as each other, of which none stands out. */
const CLEAR: readonly Candidate[] = /* @__PURE__ */ candidates({ lightness: [0.5, 0.9], chroma: [0.14, 0.21] });

/** Those, and darker, paler and brighter ones for when they are used up. */
const CANDIDATES: readonly Candidate[] = /* @__PURE__ */ withFurther(
  CLEAR,
  candidates({ lightness: [0.4, 0.92], chroma: [0.1, 0.25] }),
);

function withFurther(clear: readonly Candidate[], further: readonly Candidate[]): Candidate[] {
  const known = new Set(clear.map(({ color }) => String(color)));
  return [...clear, ...further.filter(({ color }) => !known.has(String(color)))];
}

function candidates({ lightness, chroma }: Gamut): Candidate[] {
  const levels = [0, 32, 64, 96, 128, 160, 192, 224, 255];
  const found: Candidate[] = [{ color: FIRST, lab: oklab(FIRST) }];
  const isWithin = (value: number, [least, most]: readonly [number, number]) => value >= least && value <= most;
  for (const red of levels) {
    for (const green of levels) {
      for (const blue of levels) {
        const lab = oklab([red, green, blue]);
        if (String([red, green, blue]) === String(FIRST)) continue;
        if (isWithin(lab[0], lightness) && isWithin(Math.hypot(lab[1], lab[2]), chroma))
          found.push({ color: [red, green, blue], lab });
      }
    }
  }
  return found;
}

/** Of the first `count` candidates the one farthest from all taken so far; `distances` is brought up to date. */
function takeFarthest(distances: number[], count: number): Color {
  let best = 0;
  for (let i = 1; i < count; i++) if ((distances[i] as number) > (distances[best] as number)) best = i;
  const taken = CANDIDATES[best] as Candidate;
  for (const [i, { lab }] of CANDIDATES.entries()) {
    const [lightness, a, b] = lab;
    // Large areas differ to the eye by hue more than by lightness, which the image below changes anyway.
    const distance = Math.hypot(0.45 * (lightness - taken.lab[0]), a - taken.lab[1], b - taken.lab[2]);
    distances[i] = Math.min(distances[i] as number, distance);
  }
  distances[best] = -1;
  return taken.color;
}

/** Björn Ottosson's Oklab (2020): lightness 0 ... 1, and two axes of color. */
function oklab(color: Color): readonly [number, number, number] {
  const linear = color.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [r, g, b] = linear as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
