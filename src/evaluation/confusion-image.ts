/** The normalized confusion matrix as an image. */
import { shadedTable } from '../drawing/shaded-table.ts';
import type { Image } from '../image/image.ts';
import type { ConfusionMatrix } from './confusion.ts';

/**
 * Rows are the true classes, columns the predicted ones; a cell has the share of its row's pixels, as a percentage where there
 * is room and as a shade. Rows of classes without a pixel are gray.
 */
export function confusionImage(matrix: ConfusionMatrix, names: readonly string[]): Image {
  const ids = Array.from({ length: matrix.classes }, (_, id) => id);
  return shadedTable({
    title: 'Where the pixels of each class went',
    subtitle: 'row: true class · column: predicted class · % of the row',
    labels: ids.map((id) => names[id] ?? `class ${id}`),
    rows: ids.map((truth) => {
      const pixels = matrix.truth(truth);
      if (pixels === 0) return null;
      return ids.map((predicted) => (matrix.counts[truth * matrix.classes + predicted] as number) / pixels);
    }),
  });
}
