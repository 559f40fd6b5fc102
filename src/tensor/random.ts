/**
 * Seeded random numbers. A stream belongs to a seed and a key, such as a tensor's name or an epoch and a sample's index, so
 * what is drawn does not depend on the order in which things are drawn, and nothing needs to be saved to resume.
 */
import { UsageError } from '../errors.ts';

/** Numbers that are drawn one after another, the same for the same seed and key. */
export interface RandomStream {
  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number;
  /** A number from [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** A whole number from 0 to `count - 1`, all as likely. `count` is from 1 to 2^32. */
  integer(count: number): number;
  /** A number from the normal distribution of mean 0 and standard deviation 1. */
  normal(): number;
}

const TWO_TO_32 = 2 ** 32;

/**
 * The stream of a seed and a key. Numbers come from xoshiro128** (Blackman and Vigna, 2018), started by hashing seed and
 * key; normal ones from the Box-Muller transform.
 * @param seed a whole number from 0 to 2^53 - 1.
 * @throws UsageError if the seed is not such a number.
 */
export function randomStream(seed: number, ...key: readonly (string | number)[]): RandomStream {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new UsageError(`A seed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${seed}.`);
  }
  let [a, b, c, d] = startingState([seed, ...key]);
  let spare: number | undefined;

  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };

  return {
    uint32,
    uniform: () => uint32() / TWO_TO_32,
    integer(count) {
      if (!Number.isInteger(count) || count < 1 || count > TWO_TO_32) {
        throw new UsageError(`A random integer is drawn from 1 to 2^32 possibilities, got ${count}.`);
      }
      // Numbers beyond the last whole multiple of `count` would make the small results likelier.
      const limit = TWO_TO_32 - (TWO_TO_32 % count);
      let drawn = uint32();
      while (drawn >= limit) drawn = uint32();
      return drawn % count;
    },
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // From (0, 1], for the logarithm.
      const radius = Math.sqrt(-2 * Math.log((uint32() + 1) / TWO_TO_32));
      const angle = (2 * Math.PI * uint32()) / TWO_TO_32;
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

type State = [number, number, number, number];

/** Four words, not all zero: FNV-1a over the parts' characters, from four starting points, each mixed at the end. */
function startingState(parts: readonly (string | number)[]): State {
  // The lengths keep ["a", "bc"] and ["ab", "c"] apart, the types 1 and "1".
  const text = parts.map((part) => `${typeof part === 'number' ? 'n' : 's'}${String(part).length}:${part}`).join('');
  const word = (start: number): number => {
    let hash = 0x811c9dc5 ^ start;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    return mix(hash + start);
  };
  const state: State = [word(0x9e3779b9), word(0x3c6ef372), word(0xdaa66d2b), word(0x78dde6e4)];
  return state.every((value) => value === 0) ? [1, 0, 0, 0] : state;
}

/** MurmurHash3's finalizer (Appleby): every bit of the input changes half of the output's. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
