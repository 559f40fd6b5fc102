/** What classes without a true pixel do to a mean: implementations differ, and so do their figures on small sets. */

/** What a class that has no true pixel enters the mean with. */
type Entry = 'excluded' | 'zero' | 'one';

export interface AbsentRule {
  /** A class that is predicted somewhere, but is true nowhere. */
  readonly predicted: Entry;
  /** A class that is neither true nor predicted anywhere. */
  readonly nowhere: Entry;
  readonly description: string;
}

/**
 * The rules by name. Where every class has a true pixel, as on the official sets, all agree. `standard` is what the scripts
 * of Cityscapes do; the others are what the implementations of RefineNet do.
 */
export const ABSENT_RULES = {
  standard: {
    predicted: 'zero',
    nowhere: 'excluded',
    description: 'a class that is only predicted counts 0, one that is nowhere is left out',
  },
  authors: {
    predicted: 'excluded',
    nowhere: 'excluded',
    description: 'as the RefineNet authors: classes without a true pixel are left out, even if predicted',
  },
  ade20k: {
    predicted: 'excluded',
    nowhere: 'excluded',
    description: 'as the ADE20K toolkit: the sum is divided by the number of classes with a true pixel',
  },
  'light-weight-v1': {
    predicted: 'zero',
    nowhere: 'one',
    description:
      'as Light-Weight RefineNet, version 1: a class that is only predicted counts 0, one that is nowhere counts 1',
  },
  densetorch: {
    predicted: 'zero',
    nowhere: 'excluded',
    description: 'as DenseTorch: a class that is only predicted counts 0, one that is nowhere is left out',
  },
} as const satisfies Record<string, AbsentRule>;

/** One of `ABSENT_RULE_NAMES`. */
export type AbsentRuleName = keyof typeof ABSENT_RULES;

/** What the option `absent` takes; `ABSENT_RULES` says what each stands for. */
export const ABSENT_RULE_NAMES = Object.keys(ABSENT_RULES) as AbsentRuleName[];

const VALUES: Readonly<Record<Entry, number | null>> = { excluded: null, zero: 0, one: 1 };

/** What a class without a true pixel enters a mean of overlaps with; null leaves it out. */
export function absentValue(rule: AbsentRuleName, predictedPixels: number): number | null {
  const { predicted, nowhere } = ABSENT_RULES[rule];
  return VALUES[predictedPixels > 0 ? predicted : nowhere];
}
