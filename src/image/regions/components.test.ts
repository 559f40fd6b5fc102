import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawn, randomLabels } from '../../../test/support/drawn/labels.ts';
import { type LabelMap, labelMap } from '../label-map.ts';
import { type Components, componentsOf, runAt } from './components.ts';
import { meansOf, regionsOf } from './regions.ts';

const idsOf = (components: Components): number[] =>
  Array.from(
    { length: components.width * components.height },
    (_, pixel) =>
      components.owners[runAt(components, pixel % components.width, Math.floor(pixel / components.width))] as number,
  );

/** By flooding from every pixel not reached yet. */
function flooded({ width, height, data }: LabelMap): number[] {
  const ids = new Array<number>(data.length).fill(-1);
  let count = 0;
  for (let first = 0; first < data.length; first++) {
    if (ids[first] !== -1) continue;
    const pending = [first];
    for (let pixel = pending.pop(); pixel !== undefined; pixel = pending.pop()) {
      if (ids[pixel] !== -1 || data[pixel] !== data[first]) continue;
      ids[pixel] = count;
      if (pixel % width > 0) pending.push(pixel - 1);
      if (pixel % width < width - 1) pending.push(pixel + 1);
      if (pixel >= width) pending.push(pixel - width);
      if (pixel < width * (height - 1)) pending.push(pixel + width);
    }
    count++;
  }
  return ids;
}

describe('componentsOf', () => {
  test('finds what flooding finds, in the order of first pixels', () => {
    fc.assert(
      fc.property(randomLabels(), (labels) => {
        const components = componentsOf(labels);
        const ids = flooded(labels);
        expect(idsOf(components)).toEqual(ids);
        expect(components.list.map(({ pixels }) => pixels)).toEqual(
          components.list.map((_, id) => ids.filter((each) => each === id).length),
        );
        expect(components.list.map(({ label }) => label)).toEqual(
          components.list.map((_, id) => labels.data[ids.indexOf(id)]),
        );
      }),
    );
  });

  test('gives the smallest box around each', () => {
    const { list } = componentsOf(drawn('0110', '0011', '2000'));
    expect(list).toEqual([
      { label: 0, pixels: 6, box: { x: 0, y: 0, width: 4, height: 3 } },
      { label: 1, pixels: 4, box: { x: 1, y: 0, width: 3, height: 2 } },
      { label: 0, pixels: 1, box: { x: 3, y: 0, width: 1, height: 1 } },
      { label: 2, pixels: 1, box: { x: 0, y: 2, width: 1, height: 1 } },
    ]);
  });

  test('keeps pixels apart that touch at a corner', () => {
    expect(componentsOf(drawn('10', '01')).list).toHaveLength(4);
  });

  test('takes lines of 65535 pixels and ids of 16 bits', () => {
    const ids = new Uint16Array(65_535).fill(65_535);
    expect(componentsOf(labelMap(65_535, 1, ids)).list).toEqual([
      { label: 65_535, pixels: 65_535, box: { x: 0, y: 0, width: 65_535, height: 1 } },
    ]);
    expect(componentsOf(labelMap(1, 65_535, ids)).list).toHaveLength(1);
  });
});

describe('regionsOf', () => {
  const labels = drawn('1102', '0002', '1000');
  const all = { isWanted: () => true, minimumPixels: 1 };

  test('gathers the components of a class', () => {
    const regions = regionsOf(componentsOf(labels), { ...all, by: 'class' });
    expect(regions.map(({ label, pixels, components }) => [label, pixels, components.length])).toEqual([
      [0, 7, 1],
      [1, 3, 2],
      [2, 2, 1],
    ]);
    expect(regions[1]?.box).toEqual({ x: 0, y: 0, width: 2, height: 3 });
  });

  test('lists each component by itself, those of a class together', () => {
    const regions = regionsOf(componentsOf(labels), { ...all, by: 'component' });
    expect(regions.map(({ label, pixels }) => [label, pixels])).toEqual([
      [0, 7],
      [1, 2],
      [1, 1],
      [2, 2],
    ]);
  });

  test('leaves out what is not wanted and what is too small', () => {
    const options = { by: 'class', isWanted: (label: number) => label > 0, minimumPixels: 2 } as const;
    expect(regionsOf(componentsOf(labels), options).map(({ label, pixels }) => [label, pixels])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  test('takes the mean of values over the pixels', () => {
    const components = componentsOf(labels);
    const values = Float32Array.from(labels.data, (_, pixel) => pixel);
    const regions = regionsOf(components, { ...all, by: 'class' });
    expect(meansOf(components, regions, values)).toEqual([(2 + 4 + 5 + 6 + 9 + 10 + 11) / 7, (0 + 1 + 8) / 3, 5]);
  });
});
