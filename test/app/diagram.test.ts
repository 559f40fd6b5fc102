/** The diagram of the view Refinement, drawn from the definition of every network. */
import { describe, expect, test } from 'vitest';
import { diagramOf, refinementPath } from '../../app/src/refinement/layout.ts';
import { ARCHITECTURE_NAMES, architecture } from '../../src/models/architectures.ts';
import { CASCADES, type CascadeName } from '../../src/models/refinenet/cascades.ts';
import { networkStations } from '../../src/models/stations.ts';

const NETWORKS = [
  ...ARCHITECTURE_NAMES.map((name) => [name, {}] as const),
  ...['refinenet-resnet50', 'refinenet-lw-resnet18'].flatMap((name) =>
    (Object.keys(CASCADES) as CascadeName[]).map((cascade) => [name, { cascade }] as const),
  ),
];

describe.each(NETWORKS)('the diagram of %s %o', (name, variation) => {
  const stations = networkStations(architecture(name, 5, variation));
  const { placed, edges, columns, rows, blocks } = diagramOf(stations);

  test('has every station in one place, and none over another', () => {
    expect(placed.map(({ station }) => station.name).sort()).toEqual(stations.map(({ name }) => name).sort());
    const places = placed.map(({ column, row }) => `${column}, ${row}`);
    expect(new Set(places).size).toBe(places.length);
    for (const { column, row } of placed) {
      expect(column).toBeLessThan(columns);
      expect(row).toBeLessThan(rows);
      const near = placed.filter((each) => each.column === column && Math.abs(each.row - row) < 1);
      expect(near).toHaveLength(1);
    }
  });

  test('has a line for every input', () => {
    const lines = stations.flatMap(({ name, inputs }) =>
      inputs.filter((input) => input !== 'image').map((input) => `${input} ${name}`),
    );
    expect(edges.map(([from, to]) => `${from.station.name} ${to.station.name}`).sort()).toEqual(lines.sort());
  });

  test('goes from coarse to fine, to the classes', () => {
    const strides = (kind: string): number[] =>
      placed
        .filter(({ station }) => station.kind === kind)
        .sort((a, b) => a.row - b.row)
        .map(({ station }) => station.stride);
    expect(strides('fusion')).toEqual(strides('fusion').toSorted((a, b) => b - a));
    expect(strides('reduction')).toEqual(strides('reduction').toSorted((a, b) => b - a));
    expect(blocks.map(({ from }) => from)).toEqual(blocks.map(({ from }) => from).toSorted((a, b) => a - b));
    const path = refinementPath(stations).map(({ stride }) => stride);
    expect(path).toEqual(path.toSorted((a, b) => b - a));
    expect(refinementPath(stations).at(-1)?.name).toBe('decoder.classifier');
  });
});
