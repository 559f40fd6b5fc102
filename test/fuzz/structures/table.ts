/** Tables in texts, of which cells, rows and columns do not go together: CSV, and the lines of YOLO. */
import fc from 'fast-check';
import { changedDocument } from '../mutations.ts';
import { bytesOf } from './bytes.ts';

/** What a cell may be that should be a name or a number. */
const CELLS = [
  ...['', ' ', '0', '-0', '1', '-1', '2', '0.5', '1.0000001', '255', '256', '1e9', '1e308', '1e999', '9'.repeat(40)],
  ...['NaN', 'Infinity', '0x10', '1,5', '1 2', 'leaf', 'stone', 'background', '__proto__', 'constructor', 'é'],
  ...['"', '""', '"a\nb"', '"a""b"', '{}', '"{""name"":""polygon""}"', '\0', '\ufeff', '\r', ';', '\t', '../x', '#'],
  'x'.repeat(5000),
];

type Edit = (rows: string[][]) => void;

const EDIT: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...CELLS)).map(
      ([row, column, cell]): Edit =>
        (rows) =>
          withRow(rows, row, (cells) => (cells[column % Math.max(1, cells.length)] = cell)),
    ),
  },
  // A row or column more or fewer, in all rows or in one.
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('cell', 'row', 'column'), fc.constantFrom(0, 2, 50)).map(
      ([row, column, what, times]): Edit =>
        (rows) => {
          const repeat = <T>(list: T[], at: number): void => {
            const index = at % Math.max(1, list.length);
            list.splice(index, 1, ...Array.from({ length: times }, () => list[index] as T));
          };
          if (what === 'cell') withRow(rows, row, (cells) => repeat(cells, column));
          else if (what === 'column') for (const cells of rows) repeat(cells, column);
          else if (rows.length > 0) {
            const copies = structuredClone(Array.from({ length: times }, () => rows[row % rows.length] as string[]));
            rows.splice(row % rows.length, 1, ...copies);
          }
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), fc.nat()).map(
      ([one, other]): Edit =>
        (rows) => {
          if (rows.length === 0) return;
          const [a, b] = [one % rows.length, other % rows.length];
          [rows[a], rows[b]] = [rows[b] as string[], rows[a] as string[]];
        },
    ),
  },
);

function withRow(rows: string[][], index: number, change: (cells: string[]) => unknown): void {
  if (rows.length > 0) change(rows[index % rows.length] as string[]);
}

/** Cells between separators, those in quotes whole. */
const cellsOf = (line: string, separator: string): string[] =>
  line.match(separator === ',' ? /(?:"(?:[^"]|"")*"|[^,])+|(?<=,)(?=,|$)|^(?=,)/g : /\S+/g) ?? [];

/** The table of a text; what lies in its cells as JSON is changed within, too. */
export function tableStructures(text: string, separator: ',' | ' '): fc.Arbitrary<Uint8Array> {
  const table = text
    .trimEnd()
    .split('\n')
    .map((line) => cellsOf(line, separator));
  const documents = table.flatMap((cells, row) =>
    cells.flatMap((cell, column) => (cell.startsWith('"{') ? [{ row, column, value: unquoted(cell) }] : [])),
  );
  const changed = fc.oneof(
    fc.constant<Edit>(() => {}),
    ...documents.map(({ row, column, value }) =>
      changedDocument(value).map(
        (document): Edit =>
          (rows) => {
            (rows[row] as string[])[column] = `"${(JSON.stringify(document) ?? '').replaceAll('"', '""')}"`;
          },
      ),
    ),
  );
  return fc
    .record({
      changed,
      edits: fc.array(EDIT, { maxLength: 4 }),
      ending: fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n'),
      between: fc.constantFrom(separator, separator, separator, separator, ';', '\t', '  '),
    })
    .map(({ changed, edits, ending, between }) => {
      const rows = structuredClone(table);
      changed(rows);
      for (const edit of edits) edit(rows);
      return bytesOf(rows.map((cells) => cells.join(between)).join(ending));
    });
}

const unquoted = (cell: string): unknown => JSON.parse(cell.slice(1, -1).replaceAll('""', '"'));
