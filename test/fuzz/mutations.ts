/** Ways to damage a file: bytes, and the values in a document. */
import fc from 'fast-check';

/** Bytes and numbers at which lengths and signs turn over. */
const TELLING = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x20, 0x22, 0x2e, 0x5b, 0x7b];
const WORDS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

type Edit = (bytes: Uint8Array) => Uint8Array;

/** A place in a file of any length, as a share of it: small files are hit as often as large ones. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Uint8Array, share: number): number => Math.floor(share * bytes.length);

function edited(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (copy.length > 0) change(copy);
  return copy;
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([share, bit]): Edit =>
      (bytes) =>
        edited(bytes, (copy) => (copy[at(copy, share)] = (copy[at(copy, share)] as number) ^ (1 << bit))),
  ),
  fc.tuple(place, fc.oneof(fc.nat(255), fc.constantFrom(...TELLING))).map(
    ([share, value]): Edit =>
      (bytes) =>
        edited(bytes, (copy) => (copy[at(copy, share)] = value)),
  ),
  fc.tuple(place, fc.constantFrom(...WORDS), fc.constantFrom(2, 4, 8), fc.boolean()).map(
    ([share, value, size, isLittle]): Edit =>
      (bytes) =>
        edited(bytes, (copy) => {
          const from = at(copy, share);
          for (let index = 0; index < size && from + index < copy.length; index++) {
            const shift = isLittle ? index : size - 1 - index;
            copy[from + index] = shift < 4 ? (value >>> (8 * shift)) & 255 : 0;
          }
        }),
  ),
  // Cut off, cut out, doubled, filled.
  place.map(
    (share): Edit =>
      (bytes) =>
        bytes.slice(0, at(bytes, share)),
  ),
  fc.tuple(place, fc.nat(40)).map(
    ([share, length]): Edit =>
      (bytes) => {
        const from = at(bytes, share);
        return joined(bytes.subarray(0, from), bytes.subarray(from + length));
      },
  ),
  fc.tuple(place, fc.nat(40), fc.integer({ min: 1, max: 50 })).map(
    ([share, length, times]): Edit =>
      (bytes) => {
        const from = at(bytes, share);
        const part = bytes.subarray(from, from + length);
        return joined(bytes.subarray(0, from), ...Array.from({ length: times }, () => part), bytes.subarray(from));
      },
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 16 })).map(
    ([share, given]): Edit =>
      (bytes) =>
        joined(bytes.subarray(0, at(bytes, share)), given, bytes.subarray(at(bytes, share))),
  ),
  fc.tuple(place, place).map(
    ([one, other]): Edit =>
      (bytes) => {
        const [from, to] = [at(bytes, Math.min(one, other)), at(bytes, Math.max(one, other))];
        return joined(bytes.subarray(0, from), bytes.subarray(to), bytes.subarray(from, to));
      },
  ),
);

/** Files with one to eight damages; now and then one alone of arbitrary bytes, or two files joined in the middle. */
export function damaged(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const seed = fc.constantFrom(...seeds);
  const edits = fc.array(edit, { minLength: 1, maxLength: 8 });
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.tuple(seed, edits).map(([bytes, list]) => list.reduce((done, each) => each(done), bytes)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(seed, seed, place)
        .map(([one, other, share]) => joined(one.subarray(0, at(one, share)), other.subarray(at(other, share)))),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  );
}

/** Values that no document should have in most places. */
export const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, '', 'a', '__proto__', 'constructor', '\0', '../../x', 'é'.repeat(300), [], {}, [[[[]]]]),
  fc.constantFrom(0, -1, -0, 1, 2, 0.5, 255, 256, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, 1e9, 1e18, 1e308, -1e9),
  fc.array(fc.constantFrom(0, 1, -1, 'x', null, 1e12), { maxLength: 5 }),
  fc.dictionary(fc.constantFrom('a', '0', '__proto__', 'length', 'toString'), fc.constantFrom(0, 'x', null), {
    maxKeys: 3,
  }),
);

/** A path to a value in a document. */
const pathsOf = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]))]
    : [path];

type Change = (holder: Record<string, unknown>, key: string, budget: { repetitions: number }) => void;

const change: fc.Arbitrary<Change> = fc.oneof(
  odd.map(
    (value): Change =>
      (holder, key) => {
        // A copy of its own, which further changes may change.
        holder[key] = structuredClone(value);
      },
  ),
  fc.constant<Change>((holder, key) => {
    delete holder[key];
  }),
  fc.tuple(fc.constantFrom('more', '__proto__', 'constructor', '0', ''), odd).map(
    ([name, value]): Change =>
      (holder) => {
        Object.defineProperty(holder, name, {
          value: structuredClone(value),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      },
  ),
  fc.constantFrom(2, 20, 200).map(
    (times): Change =>
      (holder, key, budget) => {
        // Once for a document: the reader is tried, and not JSON's own.
        if (budget.repetitions-- <= 0) return;
        const value = holder[key];
        holder[key] = Array.from({ length: times }, () => value);
      },
  ),
  fc.constantFrom(0, 1e6, -1, 0.5, 1e-9, 1e12).map(
    (factor): Change =>
      (holder, key) => {
        if (typeof holder[key] === 'number') holder[key] = (holder[key] as number) * factor;
      },
  ),
);

/** A document with one to three of its values changed, left out, doubled or joined by others. */
export function changedDocument(given: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf({ root: given }).filter((path) => path.length > 0);
  return fc.array(fc.tuple(fc.nat(paths.length - 1), change), { minLength: 1, maxLength: 3 }).map((changes) => {
    const document = structuredClone({ root: given }) as Record<string, unknown>;
    const budget = { repetitions: 1 };
    for (const [index, apply] of changes) {
      const path = paths[index] as readonly string[];
      const holder = path
        .slice(0, -1)
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
      if (typeof holder === 'object' && holder !== null)
        apply(holder as Record<string, unknown>, path.at(-1) as string, budget);
    }
    return document.root;
  });
}

/** Deep in lists or objects. */
export const deep: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('[', '{"a":', '{"__proto__":', '- ', '[{'), fc.constantFrom(10, 1000, 100_000))
  .map(([open, times]) => open.repeat(times));

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Changed documents as JSON, some of them nested without end. */
export const changedJson = (given: unknown): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 30, arbitrary: changedDocument(given).map((value) => text(JSON.stringify(value) ?? 'undefined')) },
    { weight: 1, arbitrary: deep.map(text) },
  );
