/** A linear probe: which classes features tell apart on their own, by ridge regression on a mask. */
import type { LabelMap } from '../image/label-map.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';

/** Of the features' variance that is added to its diagonal. */
const RIDGE = 0.01;
/** Cells that are learned from at most, spread evenly. */
const MOST_CELLS = 2000;

/**
 * Fits class scores to a mask, linear in the features, and gives them for every cell.
 * @param features float32 [1, C, h, w].
 * @param mask covers the same image in any size; ids from `classes` on are not learned from.
 * @returns float32 [1, classes, h, w].
 */
export function probeScores(features: Tensor<'float32'>, mask: LabelMap, classes: number): Tensor<'float32'> {
  const [, channels, height, width] = features.shape as [number, number, number, number];
  const cells = height * width;
  const normalized = normalizedFeatures(features.data, channels, cells);
  const targets = classShares(mask, classes, height, width);
  const labeled = Array.from({ length: cells }, (_, cell) => cell).filter((cell) =>
    targets.subarray(cell * classes, (cell + 1) * classes).some((share) => share > 0),
  );
  const step = Math.ceil(labeled.length / MOST_CELLS);
  const chosen = labeled.filter((_, index) => index % step === 0);
  const rows = chosen.map((cell) => normalized.subarray(cell * channels, (cell + 1) * channels));
  const truths = chosen.map((cell) => targets.subarray(cell * classes, (cell + 1) * classes));
  const means = Float64Array.from({ length: classes }, (_, id) => mean(truths.map((truth) => truth[id] as number)));
  const centered = truths.map((truth) => truth.map((share, id) => share - (means[id] as number)));
  const weights = ridgeWeights(rows, centered, channels, classes);
  const scores = new Float32Array(classes * cells);
  for (let cell = 0; cell < cells; cell++) {
    for (let id = 0; id < classes; id++) {
      let score = means[id] as number;
      const from = cell * channels;
      for (let channel = 0; channel < channels; channel++)
        score += (normalized[from + channel] as number) * (weights[id * channels + channel] as number);
      scores[id * cells + cell] = score;
    }
  }
  return tensor('float32', [1, classes, height, width], scores);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Cells by channels, each channel of mean 0 and variance 1. */
function normalizedFeatures(data: Float32Array, channels: number, cells: number): Float64Array {
  const result = new Float64Array(cells * channels);
  for (let channel = 0; channel < channels; channel++) {
    const own = data.subarray(channel * cells, (channel + 1) * cells);
    let sum = 0;
    let squares = 0;
    for (const value of own) {
      sum += value;
      squares += value * value;
    }
    const center = sum / cells;
    const deviation = Math.sqrt(Math.max(0, squares / cells - center * center));
    const scale = deviation > 1e-9 ? 1 / deviation : 0;
    for (let cell = 0; cell < cells; cell++)
      result[cell * channels + channel] = ((own[cell] as number) - center) * scale;
  }
  return result;
}

/** Of every cell the share that each class has of it: cells by classes. */
function classShares({ width, height, data }: LabelMap, classes: number, rows: number, columns: number): Float64Array {
  const shares = new Float64Array(rows * columns * classes);
  const counts = new Float64Array(rows * columns);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * rows) / height) * columns;
    for (let x = 0; x < width; x++, at++) {
      const id = data[at] as number;
      if (id >= classes) continue;
      const cell = row + Math.floor((x * columns) / width);
      shares[cell * classes + id] = (shares[cell * classes + id] as number) + 1;
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  for (let index = 0; index < shares.length; index++) {
    shares[index] = (shares[index] as number) / Math.max(1, counts[Math.floor(index / classes)] as number);
  }
  return shares;
}

/** The weights, classes by channels, through the smaller of the two systems: as many equations as channels, or as cells. */
function ridgeWeights(
  rows: readonly Float64Array[],
  targets: readonly Float64Array[],
  channels: number,
  classes: number,
): Float64Array {
  const weights = new Float64Array(classes * channels);
  const ridge = RIDGE * rows.length;
  if (channels <= rows.length) {
    const gram = new Float64Array(channels * channels);
    const right = new Float64Array(channels * classes);
    rows.forEach((row, index) => {
      const target = targets[index] as Float64Array;
      for (let i = 0; i < channels; i++) {
        const value = row[i] as number;
        for (let j = 0; j <= i; j++)
          gram[i * channels + j] = (gram[i * channels + j] as number) + value * (row[j] as number);
        for (let id = 0; id < classes; id++)
          right[i * classes + id] = (right[i * classes + id] as number) + value * (target[id] as number);
      }
    });
    solve(gram, right, channels, classes, ridge);
    for (let i = 0; i < channels; i++)
      for (let id = 0; id < classes; id++) weights[id * channels + i] = right[i * classes + id] as number;
    return weights;
  }
  const size = rows.length;
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size * classes);
  for (let i = 0; i < size; i++) {
    const row = rows[i] as Float64Array;
    for (let j = 0; j <= i; j++) {
      const other = rows[j] as Float64Array;
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += (row[channel] as number) * (other[channel] as number);
      gram[i * size + j] = sum;
    }
    right.set(targets[i] as Float64Array, i * classes);
  }
  solve(gram, right, size, classes, ridge);
  rows.forEach((row, index) => {
    for (let id = 0; id < classes; id++) {
      const share = right[index * classes + id] as number;
      for (let channel = 0; channel < channels; channel++)
        weights[id * channels + channel] =
          (weights[id * channels + channel] as number) + share * (row[channel] as number);
    }
  });
  return weights;
}

/** Solves (A + ridge I) X = B in place of B by Cholesky's decomposition; only A's lower triangle is read, and lost. */
function solve(a: Float64Array, b: Float64Array, size: number, columns: number, ridge: number): void {
  for (let i = 0; i < size; i++) a[i * size + i] = (a[i * size + i] as number) + ridge;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[i * size + k] as number) * (a[j * size + k] as number);
      a[i * size + j] = i === j ? Math.sqrt(sum) : sum / (a[j * size + j] as number);
    }
  }
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < size; i++) {
      let sum = b[i * columns + column] as number;
      for (let k = 0; k < i; k++) sum -= (a[i * size + k] as number) * (b[k * columns + column] as number);
      b[i * columns + column] = sum / (a[i * size + i] as number);
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = b[i * columns + column] as number;
      for (let k = i + 1; k < size; k++) sum -= (a[k * size + i] as number) * (b[k * columns + column] as number);
      b[i * columns + column] = sum / (a[i * size + i] as number);
    }
  }
}
