/** Where the stations of a network stand in its diagram: a row for every path into a block, from coarse to fine. */
import type { Station } from 'refinenet/web';

export interface PlacedStation {
  readonly station: Station;
  readonly column: number;
  readonly row: number;
}

export interface Diagram {
  readonly placed: readonly PlacedStation[];
  readonly edges: readonly (readonly [from: PlacedStation, to: PlacedStation])[];
  readonly columns: number;
  readonly rows: number;
  /** The blocks from coarse to fine, with the rows that they take. */
  readonly blocks: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

/** The kinds of stations that follow the blocks. */
const ENDS: readonly string[] = ['head', 'classifier', 'crf'];

/** The block of a station by its name, such as `refinenet4`; of encoder and reduction, that which they lead to. */
const blockIn = (name: string): string | undefined => /\.(refinenet\d+)\./.exec(`${name}.`)?.[1];

export function diagramOf(stations: readonly Station[]): Diagram {
  const consumers = (name: string): Station[] => stations.filter(({ inputs }) => inputs.includes(name));
  const isPath = ({ kind }: Station): boolean => kind === 'reduction' || kind === 'adapt';
  const leadsTo = (station: Station): string | undefined => {
    const own = blockIn(station.name);
    if (own) return own;
    return consumers(station.name)
      .map((each) => (each.kind === 'encoder' ? undefined : leadsTo(each)))
      .find(Boolean);
  };
  const names = [...new Set(stations.map(({ name }) => blockIn(name)).filter((name) => name !== undefined))];
  const depth = (kind: string, within = (_: Station): boolean => true): number =>
    Math.max(
      0,
      ...names.map((block) =>
        chainLength(stations.filter((each) => each.kind === kind && leadsTo(each) === block && within(each))),
      ),
    );
  const adapts = depth('adapt');
  const columnOf = {
    encoder: 0,
    reduction: 1,
    adapt: 2,
    fusion: 2 + adapts,
    pooling: 3 + adapts,
    output: 4 + adapts,
  } as const;
  const placed: PlacedStation[] = [];
  const blocks: { name: string; from: number; to: number }[] = [];
  const place = (station: Station, column: number, row: number): void => {
    if (!placed.some((each) => each.station === station)) placed.push({ station, column, row });
  };
  let row = 0;
  for (const name of names) {
    const own = stations.filter((station) => leadsTo(station) === name);
    const from = row;
    const lanes = own.filter((station) => isPath(station) && !consumers(station.name).some((next) => isPath(next)));
    for (const lane of lanes) {
      let at: Station | undefined = lane;
      const chain: Station[] = [];
      while (at && (isPath(at) || at.kind === 'encoder')) {
        chain.unshift(at);
        const before: string | undefined = at.inputs[0];
        at = at.kind === 'encoder' ? undefined : stations.find((station) => station.name === before);
      }
      let adapted = 0;
      for (const station of chain) {
        const column =
          station.kind === 'adapt' ? columnOf.adapt + adapted++ : columnOf[station.kind as 'encoder' | 'reduction'];
        place(station, column, row);
      }
      row++;
    }
    const middle = (from + Math.max(from, row - 1)) / 2;
    row = Math.max(row, from + 1);
    let outputs = 0;
    for (const station of own) {
      if (station.kind === 'fusion') place(station, columnOf.fusion, middle);
      if (station.kind === 'pooling') place(station, columnOf.pooling, middle);
      if (station.kind === 'output') place(station, columnOf.output + outputs++, middle);
    }
    blocks.push({ name, from, to: row - 1 });
  }
  const rest = stations.filter(({ kind }) => ENDS.includes(kind));
  const width = columnOf.output + depth('output');
  rest.forEach((station, index) => {
    place(station, width - rest.length + index, row);
  });
  const byName = new Map(placed.map((each) => [each.station.name, each]));
  const edges = placed.flatMap((to) =>
    to.station.inputs.flatMap((name) => {
      const from = byName.get(name);
      return from ? [[from, to] as const] : [];
    }),
  );
  return { placed, edges, columns: width, rows: row + 1, blocks };
}

/** How many of these stations follow each other at most. */
function chainLength(stations: readonly Station[]): number {
  const lengths = new Map<string, number>();
  for (const { name, inputs } of stations)
    lengths.set(name, 1 + Math.max(0, ...inputs.map((input) => lengths.get(input) ?? 0)));
  return Math.max(0, ...lengths.values());
}

/** The stations that the slider goes through: what each block makes of the photograph, from coarse to fine, to the classes. */
export function refinementPath(stations: readonly Station[]): readonly Station[] {
  const first = stations.find(({ kind }) => kind === 'reduction');
  const kinds = ['fusion', 'pooling', 'output', ...ENDS];
  return [...(first ? [first] : []), ...stations.filter(({ kind }) => kinds.includes(kind))];
}
