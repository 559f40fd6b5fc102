/** MAT files that are sound, of variables that are not those that were meant. */
import fc from 'fast-check';
import { element, matFile, matOf, type NumberType, type Value } from '../../support/mat-file.ts';
import { joined, whole } from './bytes.ts';

const NAMES = [
  ...['LabelMap', 'mask', 'anno', 'names', 'seglabel', 'GTcls', 'Segmentation', 'objects', 'class', 'parts'],
  ...['part_name', 'imname', 'groundTruth', 'a', 'x', '__proto__', 'constructor'],
];
const TYPES: readonly NumberType[] = [
  ...(['double', 'single', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'logical'] as const),
];

const numbers: fc.Arbitrary<Value> = fc
  .record({
    type: fc.constantFrom(...TYPES),
    numbers: fc.array(fc.constantFrom(0, 1, 2, 7, 150, 255, 256, 65_536, -1), { maxLength: 48 }),
    dimensions: fc.oneof(
      fc.constantFrom([6, 8], [8, 6], [1, 1], [0, 0], [1, 48], [48, 1], [2, 3, 8]),
      fc.array(fc.constantFrom(0, 1, 2, 8, -1, 65_536, 2 ** 31 - 1, -(2 ** 31)), { maxLength: 4 }),
    ),
  })
  .map(({ type, numbers, dimensions }) => ({
    type,
    dimensions,
    // Most are as many as their size says.
    numbers:
      dimensions.length === 2 && dimensions[0] === 6 && numbers.length > 0
        ? Array.from({ length: 48 }, (_, at) => numbers[at % numbers.length] as number)
        : numbers,
  }));

const { value } = fc.letrec<{ value: Value; fields: Readonly<Record<string, Value>> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    numbers,
    fc.constantFrom<Value>('', 'head', 'person', 'x'.repeat(300)),
    fc.array(tie('value'), { maxLength: 3 }).map((cells): Value => ({ cells })),
    fc
      .tuple(tie('fields'), fc.constantFrom(0, 1, 1, 2))
      .map(([fields, times]): Value => ({ structs: Array.from({ length: times }, () => fields) })),
  ),
  fields: fc.dictionary(fc.constantFrom(...NAMES.filter((name) => name !== '__proto__')), tie('value'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
}));

/** Elements within elements, of types and lengths that need not fit. */
const elements: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.tuple(
      fc.constantFrom(1, 2, 5, 6, 9, 13, 14, 14, 14, 15, 16, 18, 0, 255),
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(0, 0, 0, 1, -1, 4, 1e6, -1e6),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) =>
    list.reduceRight<Uint8Array>((inner, [type, data, more]) => {
      const bytes = joined(data, inner);
      return more === 0 ? element(type, bytes) : joined(whole(type, 4), whole(bytes.length + more, 4), bytes);
    }, new Uint8Array(0)),
  );

export const matStructures = (): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), { selector: ([name]) => name, maxLength: 3 }),
          fc.boolean(),
          fc.boolean(),
        )
        .map(([variables, isCompressed, isBigEndian]) =>
          matFile(Object.fromEntries(variables), { isCompressed, isBigEndian }),
        ),
    },
    { weight: 1, arbitrary: elements.map((bytes) => matOf([bytes])) },
  );
