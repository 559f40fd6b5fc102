/** Decides what becomes of images on which nothing was drawn. */
import { UsageError } from '../../errors.ts';
import { count } from '../../text.ts';
import type { LayoutFault, Pairs } from '../pairing.ts';
import type { Sample } from '../sample.ts';

/** They are background all over, or left out. */
export type Unlabeled = 'background' | 'skip';

export const UNLABELED_CHOICES = ['background', 'skip'] as const satisfies readonly Unlabeled[];

export interface Decided {
  readonly splits: ReadonlyMap<string, Pairs>;
  readonly notes: readonly string[];
}

/**
 * The splits with images without shapes as chosen. Without a choice, those that the labels list or have an empty file for are
 * background, and those that they know nothing of are left out as images without a mask.
 * @throws UsageError if there is a choice, but images have masks that are images.
 */
export function decideUnlabeled(
  splits: ReadonlyMap<string, Pairs>,
  choice: Unlabeled | undefined,
  name: string,
): Decided {
  const samples = [...splits.values()].flatMap((pairs) => pairs.samples);
  if (!samples.some(({ annotation }) => annotation)) {
    if (choice === undefined || samples.length === 0) return { splits, notes: [] };
    throw new UsageError(
      `${name}: --unlabeled is for images on which shapes are drawn; here every image has a mask that is an image. Leave it out.`,
    );
  }
  const decided = new Map([...splits].map(([split, pairs]) => [split, decide(pairs, choice)]));
  const left = [...decided.values()].reduce((sum, { skipped }) => sum + skipped, 0);
  return {
    splits: decided,
    notes: left > 0 ? [`${count(left, 'image')} without shapes ${left === 1 ? 'is' : 'are'} left out.`] : [],
  };
}

function decide({ samples, faults }: Pairs, choice: Unlabeled | undefined): Pairs & { readonly skipped: number } {
  const kept: Sample[] = [];
  const missing: LayoutFault[] = [];
  let skipped = 0;
  for (const sample of samples) {
    const { annotation, image } = sample;
    if (annotation?.unlabeled === undefined) kept.push(sample);
    else if (choice === 'skip') skipped++;
    else if (choice === undefined && annotation.unlabeled === 'unlisted')
      missing.push({ kind: 'missing-mask', path: image });
    else if (choice === undefined) kept.push(sample);
    else {
      const { unlabeled: _, ...background } = annotation;
      kept.push({ ...sample, annotation: background });
    }
  }
  return { samples: kept, faults: [...faults, ...missing], skipped };
}
