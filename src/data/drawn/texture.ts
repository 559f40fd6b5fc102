/** Seeded random fields over the plane, from which drawn surfaces get their grain. */

/** A value in [0, 1) for every place, changing smoothly over distances of about 1. */
export type Field = (x: number, y: number) => number;

/** Value noise: random numbers on the whole places, blended between them by a smooth step. */
export function noiseField(seed: number): Field {
  return (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const across = smooth(x - left);
    const down = smooth(y - top);
    const upper = blend(latticeValue(seed, left, top), latticeValue(seed, left + 1, top), across);
    const lower = blend(latticeValue(seed, left, top + 1), latticeValue(seed, left + 1, top + 1), across);
    return blend(upper, lower, down);
  };
}

/** Noise of several sizes, each half as large and half as strong as the one before. */
export function roughField(seed: number, octaves = 3): Field {
  const fields = Array.from({ length: octaves }, (_, octave) => noiseField(seed + 7919 * octave));
  const total = 2 - 2 ** (1 - octaves);
  return (x, y) =>
    fields.reduce((sum, field, octave) => sum + field(x * 2 ** octave, y * 2 ** octave) / 2 ** octave, 0) / total;
}

/** A number in [0, 1) for a place of the whole-numbered lattice, the same for the same seed. */
export function latticeValue(seed: number, x: number, y: number): number {
  let mixed = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

function smooth(share: number): number {
  return share * share * (3 - 2 * share);
}

function blend(from: number, to: number, share: number): number {
  return from + share * (to - from);
}
