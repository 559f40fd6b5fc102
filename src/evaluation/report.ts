/** An evaluation as an object for JSON. */
import { ABSENT_RULES, type AbsentRuleName } from './absent-classes.ts';
import type { Evaluation, ImageFailure, ImageScore } from './evaluate.ts';
import type { ClassMetrics, Metrics } from './metrics.ts';

/** Shares are in [0, 1], null where undefined. */
export interface EvaluationReport extends Omit<Metrics, 'classes'> {
  readonly split: string;
  readonly meanBoundaryF: number | null;
  /** How classes without a true pixel enter means. */
  readonly absentClasses: { readonly rule: AbsentRuleName; readonly description: string };
  readonly boundary: { readonly tolerance: number; readonly definition: string };
  readonly pixels: { readonly scored: number; readonly ignored: number };
  readonly classes: readonly (ClassMetrics & {
    readonly id: number;
    readonly name: string;
    readonly boundaryF: number | null;
  })[];
  /** Pixels by true class (rows) and predicted class (columns); a last column, if there is one, is pixels without prediction. */
  readonly confusion: readonly (readonly number[])[];
  readonly images: readonly ImageScore[];
  readonly failures: readonly ImageFailure[];
}

export const BOUNDARY_DEFINITION =
  'Csurka et al., BMVC 2013: a contour pixel has a 4-neighbor of another class; it is matched by a contour pixel of the same class ' +
  "no further than the tolerance times the image's diagonal; mean over the images in which the class has a contour";

/** An evaluation as a plain object: all figures, the confusion matrix as rows, and the score of every image. */
export function evaluationReport(evaluation: Evaluation): EvaluationReport {
  const { split, absent, matrix, metrics, boundary, classes, ignoredPixels, images, failures } = evaluation;
  const { classes: perClass, ...means } = metrics;
  return {
    split,
    ...means,
    meanBoundaryF: boundary.mean,
    absentClasses: { rule: absent, description: ABSENT_RULES[absent].description },
    boundary: { tolerance: boundary.tolerance, definition: BOUNDARY_DEFINITION },
    pixels: { scored: matrix.total, ignored: ignoredPixels },
    classes: perClass.map((each, id) => ({
      id,
      name: classes[id]?.name ?? '',
      ...each,
      boundaryF: boundary.classes[id] ?? null,
    })),
    confusion: confusionRows(evaluation),
    images,
    failures,
  };
}

function confusionRows({ matrix }: Evaluation): number[][] {
  const { classes, counts, unpredicted } = matrix;
  const hasVoid = unpredicted.some((count) => count > 0);
  return Array.from({ length: classes }, (_, id) => [
    ...counts.subarray(id * classes, (id + 1) * classes),
    ...(hasVoid ? [unpredicted[id] as number] : []),
  ]);
}
