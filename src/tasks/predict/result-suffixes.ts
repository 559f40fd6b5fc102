/** How the names of the files end that are written for an image. */
import type { PredictRequest } from './request.ts';

/** The report, which is written last. */
export const REPORT = '.json';
/** The overlay, which is written first. */
export const OVERLAY = '.overlay.png';
/** The labels, as a palette image. */
export const LABELS = '.png';
/** Arrays that are asked for. */
export const ARRAYS = { probabilities: '.probabilities.npy', logits: '.logits.npy' } as const;

/**
 * Matches the ending, after the image's name, of every file that a request writes for it, in lower case but for the names of
 * classes.
 */
export async function resultEndings({
  formats,
  probabilities,
  logits,
}: Pick<PredictRequest, 'formats' | 'probabilities' | 'logits'>): Promise<RegExp> {
  const further = formats.length > 0 ? (await import('../../inference/outputs/index.ts')).outputFormats(formats) : [];
  const suffixes = [
    OVERLAY,
    LABELS,
    ...(probabilities ? [ARRAYS.probabilities] : []),
    ...(logits ? [ARRAYS.logits] : []),
    ...further.map(({ extension }) => extension),
    REPORT,
  ];
  // Which classes are found is known only when the image has been segmented.
  const patterns = suffixes.map((suffix) => suffix.replaceAll('.', '\\.').replace('CLASS', '[^./]+'));
  return new RegExp(`^(?:${patterns.join('|')})$`, 'u');
}
