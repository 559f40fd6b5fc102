/** Label maps for tests: drawn as text, or at random. */
import fc from 'fast-check';
import { type LabelMap, labelMap } from '../../../src/image/label-map.ts';

/** A label map from rows of digits, other characters (such as dots) being 0. */
export function drawn(...rows: string[]): LabelMap {
  const data = Uint8Array.from(rows.join(''), (character) => Number.parseInt(character, 10) || 0);
  return labelMap((rows[0] as string).length, rows.length, data);
}

/** Noise of up to `classes` ids, in patches of 1 to 4 pixels: holes in holes, single pixels, corners that touch. */
export function randomLabels(classes = 3): fc.Arbitrary<LabelMap> {
  return fc
    .record({
      width: fc.integer({ min: 1, max: 24 }),
      height: fc.integer({ min: 1, max: 24 }),
      patch: fc.integer({ min: 1, max: 4 }),
    })
    .chain(({ width, height, patch }) => {
      const columns = Math.ceil(width / patch);
      const cells = columns * Math.ceil(height / patch);
      return fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: cells, maxLength: cells }).map((ids) =>
        labelMap(
          width,
          height,
          Uint8Array.from({ length: width * height }, (_, pixel) => {
            const [x, y] = [pixel % width, Math.floor(pixel / width)];
            return ids[Math.floor(y / patch) * columns + Math.floor(x / patch)] as number;
          }),
        ),
      );
    });
}

/** The pixels of one class: 1 inside, 0 outside. */
export function maskOf({ data }: LabelMap, label: number): Uint8Array {
  return Uint8Array.from(data, (id) => (id === label ? 1 : 0));
}
