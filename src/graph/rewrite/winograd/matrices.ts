/**
 * The matrices of Winograd's minimal filtering, F(m x m, 3 x 3): m x m outputs of a 3 x 3 correlation from (m + 2) x (m + 2)
 * inputs by (m + 2)² multiplications (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016). They
 * are made here from their interpolation points, after Toom and Cook.
 */

/** Outputs a tile along each axis: 2 is the most accurate, 6 needs the fewest multiplications. */
export const TILES = [2, 4, 6] as const;

export type Tile = (typeof TILES)[number];

/** Row-major numbers [rows, columns]. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly numbers: Float64Array;
}

/** Small points, each with its opposite and its inverse, keep the rounding errors small; the last one is infinity. */
const POINTS: Readonly<Record<Tile, readonly number[]>> = {
  2: [0, 1, -1],
  4: [0, 1, -1, 2, -2],
  6: [0, 1, -1, 2, -2, 0.5, -0.5],
};

const KERNEL = 3;

/** The three transforms of the plane, with n = m + 2: y = output (kernel w ⊙ input d), all flattened row by row. */
export interface WinogradMatrices {
  /** [n², n²] */
  readonly input: Matrix;
  /** [n², 9] */
  readonly kernel: Matrix;
  /** [m², n²] */
  readonly output: Matrix;
}

/** The matrices for tiles of m x m outputs. */
export function winogradMatrices(tile: Tile): WinogradMatrices {
  const known = made.get(tile);
  if (known) return known;
  const line = alongLine(tile);
  const plane = {
    input: kronecker(line.input, line.input),
    kernel: kronecker(line.kernel, line.kernel),
    output: kronecker(line.output, line.output),
  };
  made.set(tile, plane);
  return plane;
}

const made = new Map<Tile, WinogradMatrices>();

/** The output's transform along one axis, [m, n]; that of the plane is its Kronecker product with itself. */
export const winogradOutputLine = (tile: Tile): Matrix => alongLine(tile).output;

/** The transforms of one axis. */
function alongLine(tile: Tile): WinogradMatrices {
  const points = POINTS[tile];
  const others = (index: number): number[] => points.filter((_, at) => at !== index);
  const atPoints = (power: number): number[] => points.map((point) => point ** power);
  const atInfinity = (size: number, value = 1): number[] => [...new Array<number>(size - 1).fill(0), value];
  return {
    output: matrix(Array.from({ length: tile }, (_, power) => [...atPoints(power), power === tile - 1 ? 1 : 0])),
    kernel: matrix([
      ...points.map((point, index) => {
        const scale = others(index).reduce((product, other) => product * (point - other), 1);
        return Array.from({ length: KERNEL }, (_, power) => point ** power / scale);
      }),
      atInfinity(KERNEL),
    ]),
    input: matrix([...points.map((_, index) => [...polynomial(others(index)), 0]), polynomial(points)]),
  };
}

/** The coefficients, lowest power first, of the product of (x - root). */
function polynomial(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (lower, root) =>
      Array.from({ length: lower.length + 1 }, (_, power) => (lower[power - 1] ?? 0) - root * (lower[power] ?? 0)),
    [1],
  );
}

function matrix(rows: readonly (readonly number[])[]): Matrix {
  return { rows: rows.length, columns: (rows[0] as readonly number[]).length, numbers: Float64Array.from(rows.flat()) };
}

function kronecker(a: Matrix, b: Matrix): Matrix {
  const rows = a.rows * b.rows;
  const columns = a.columns * b.columns;
  const numbers = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const left = a.numbers[Math.floor(row / b.rows) * a.columns + Math.floor(column / b.columns)] as number;
    return left * (b.numbers[(row % b.rows) * b.columns + (column % b.columns)] as number);
  });
  return { rows, columns, numbers };
}

/** A matrix with its rows and columns exchanged. */
export function transposed({ rows, columns, numbers }: Matrix): Matrix {
  return {
    rows: columns,
    columns: rows,
    numbers: Float64Array.from(numbers, (_, at) => numbers[(at % rows) * columns + Math.floor(at / rows)] as number),
  };
}
