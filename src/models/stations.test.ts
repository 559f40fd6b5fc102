import { describe, expect, test } from 'vitest';
import { architecture, ARCHITECTURE_NAMES } from './architectures.ts';
import { CASCADES, type CascadeName } from './refinenet/cascades.ts';
import type { Variation } from './refinenet/variation.ts';
import { IMAGE_STATION, networkStations } from './stations.ts';

const networks: readonly [string, Variation][] = [
  ...ARCHITECTURE_NAMES.map((name): [string, Variation] => [name, {}]),
  ...(Object.keys(CASCADES) as CascadeName[]).map((cascade): [string, Variation] => [
    'refinenet-resnet18',
    { cascade },
  ]),
];

describe.each(networks)('the stations of %s %j', (name, variation) => {
  const definition = architecture(name, 7, variation);
  const { taps, cascade, units, pooling } = definition.decoder;
  const stations = networkStations(definition);
  const of = (kind: string) => stations.filter((station) => station.kind === kind);

  test('are all that its definition describes', () => {
    const blocks = Math.max(...cascade);
    const inputs = cascade.length + blocks - 1;
    expect(of('encoder')).toHaveLength(taps.length * definition.imageDivisors.length);
    expect(of('reduction')).toHaveLength(cascade.length);
    expect(of('adapt')).toHaveLength(inputs * units.adapt);
    expect(of('pooling')).toHaveLength(pooling.count === 0 ? 0 : blocks);
    expect(of('output')).toHaveLength(blocks * units.output);
    expect(of('head')).toHaveLength(units.head);
    expect(of('classifier').map(({ channels, stride }) => [channels, stride])).toEqual([[7, 4]]);
  });

  test('have names of their own, take what precedes them, and all lead to the classifier', () => {
    const names = stations.map((station) => station.name);
    expect(new Set(names).size).toBe(names.length);
    for (const [at, { inputs }] of stations.entries()) {
      for (const input of inputs) expect([IMAGE_STATION, ...names.slice(0, at)]).toContain(input);
    }
    const used = new Set(stations.flatMap(({ inputs }) => inputs));
    expect(names.filter((each) => !used.has(each))).toEqual([names.at(-1)]);
    expect(stations.at(-1)?.kind).toBe('classifier');
  });
});

test('are at whole strides, whatever the scales of the image', () => {
  const { decoder, ...rest } = architecture('refinenet-lw-resnet18', 3);
  const cascade = [1, 1, 1, 1, 1, 2, 3, 4];
  const stations = networkStations({ ...rest, imageDivisors: [3, 1], decoder: { ...decoder, cascade } });
  const strides = stations.filter(({ kind }) => kind === 'encoder').map(({ stride }) => stride);
  expect(strides).toEqual([12, 24, 48, 96, 4, 8, 16, 32]);
});

test('are at the strides of the pyramid, in the paper’s order of a block', () => {
  const stations = networkStations(architecture('refinenet-resnet50', 21));
  expect(stations.filter(({ kind }) => kind === 'encoder').map(({ stride, channels }) => [stride, channels])).toEqual([
    [4, 256],
    [8, 512],
    [16, 1024],
    [32, 2048],
  ]);
  const block = stations.filter(({ name }) => name.startsWith('decoder.refinenet3.'));
  expect(block.map(({ kind }) => kind)).toEqual(['adapt', 'adapt', 'adapt', 'adapt', 'fusion', 'pooling', 'output']);
  expect(new Set(block.slice(-3).map(({ stride }) => stride))).toEqual(new Set([16]));
});
