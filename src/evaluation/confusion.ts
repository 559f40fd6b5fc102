/** The confusion matrix: from labels and predictions to the field's figures. */
import { ShapeError, UsageError } from '../errors.ts';
import { metricsOf } from './metrics.ts';

/** Counts pixels by true and predicted class. Pixels whose label is no class, such as 255 or -1, are not scored. */
export class ConfusionMatrix {
  /** How many classes there are, with the ids from 0 on. */
  readonly classes: number;
  /** Pixels [classes, classes]; rows are the true class, columns the predicted one. */
  readonly counts: Float64Array;
  /** Pixels of each true class for which no class was predicted. */
  readonly unpredicted: Float64Array;

  /** @throws UsageError unless there are from 1 to 65536 classes. */
  constructor(classes: number) {
    if (!Number.isInteger(classes) || classes < 1 || classes > 65_536) {
      throw new UsageError(`A confusion matrix has from 1 to 65536 classes, got ${classes}.`);
    }
    this.classes = classes;
    this.counts = new Float64Array(classes * classes);
    this.unpredicted = new Float64Array(classes);
  }

  /**
   * Adds pixels; every prediction of a scored pixel is a class, or `voidId`, which says that none was predicted: a miss for
   * the true class.
   * @throws ShapeError if there are not as many predictions as labels, or a prediction is no class; nothing is added then.
   */
  add(labels: ArrayLike<number>, predictions: ArrayLike<number>, voidId?: number): void {
    const { classes, counts, unpredicted } = this;
    if (labels.length !== predictions.length) {
      throw new ShapeError(
        `The confusion matrix got ${labels.length} labels and ${predictions.length} predictions. Bring them to one size.`,
      );
    }
    for (let pixel = 0; pixel < labels.length; pixel++) {
      if (!isClass(labels[pixel] as number, classes) || isClass(predictions[pixel] as number, classes)) continue;
      if (predictions[pixel] !== voidId) {
        throw new ShapeError(
          `The confusion matrix has the classes 0 ... ${classes - 1}, but ${predictions[pixel]} was predicted for pixel ${pixel}.`,
        );
      }
    }
    for (let pixel = 0; pixel < labels.length; pixel++) {
      const label = labels[pixel] as number;
      if (!isClass(label, classes)) continue;
      const prediction = predictions[pixel] as number;
      if (prediction === voidId) {
        unpredicted[label] = (unpredicted[label] as number) + 1;
        continue;
      }
      const cell = label * classes + prediction;
      counts[cell] = (counts[cell] as number) + 1;
    }
  }

  /**
   * Adds what another matrix counted.
   * @throws ShapeError if it has another number of classes.
   */
  merge(other: ConfusionMatrix): void {
    if (other.classes !== this.classes) {
      throw new ShapeError(`A confusion matrix of ${this.classes} classes cannot take in one of ${other.classes}.`);
    }
    for (const [cell, count] of other.counts.entries()) this.counts[cell] = (this.counts[cell] as number) + count;
    for (const [id, count] of other.unpredicted.entries()) {
      this.unpredicted[id] = (this.unpredicted[id] as number) + count;
    }
  }

  /** The pixels that were scored. */
  get total(): number {
    return sumOf(this.counts) + sumOf(this.unpredicted);
  }

  /** Pixels of a class that were predicted as it. */
  hits(id: number): number {
    return this.counts[id * this.classes + id] as number;
  }

  /** Pixels whose true class it is. */
  truth(id: number): number {
    const row = this.counts.subarray(id * this.classes, (id + 1) * this.classes);
    return sumOf(row) + (this.unpredicted[id] as number);
  }

  /** Pixels for which it was predicted. */
  predicted(id: number): number {
    let sum = 0;
    for (let row = 0; row < this.classes; row++) sum += this.counts[row * this.classes + id] as number;
    return sum;
  }

  /** Each class's intersection over union in [0, 1]; null for a class that is neither in the labels nor in the predictions. */
  iou(): readonly (number | null)[] {
    return metricsOf(this).classes.map(({ iou }) => iou);
  }

  /** The mean of the classes' intersection over union, without those that are null; NaN if all are. */
  meanIoU(): number {
    return metricsOf(this).meanIoU ?? Number.NaN;
  }

  /** The share of scored pixels whose class was predicted; NaN if none was scored. */
  pixelAccuracy(): number {
    return metricsOf(this).pixelAccuracy ?? Number.NaN;
  }
}

/** Whether it is a whole number from 0 to before `classes`: what is not, is another number once it is 32 bits without a sign. */
const isClass = (id: number, classes: number): boolean => id < classes && id >>> 0 === id;

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
