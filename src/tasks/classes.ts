/** The classes that a request names. */
import { messageOf, UsageError } from '../errors.ts';
import { readClassNames } from '../labels/class-names.ts';
import { classesNamed } from '../labels/classes-named.ts';
import type { LabelClass } from '../labels/label-class.ts';
import { LABEL_SETS, type LabelSetName } from '../labels/sets/label-sets.ts';
import type { TaskFiles } from './task-files.ts';

/**
 * The classes that `--classes` names: the name of a known set, a text file with one name a line, JSON (a list of names, or
 * config.json's id2label), or a data.yaml's `names`.
 */
export async function readClasses(text: string, files: TaskFiles): Promise<readonly LabelClass[]> {
  if (isLabelSet(text)) return LABEL_SETS[text].classes;
  const bytes = await files.read(text).catch((error: unknown) => {
    throw new UsageError(
      `--classes takes a number, a file of names, or one of ${Object.keys(LABEL_SETS).join(', ')}; "${text}" is none of them (${messageOf(error)}).`,
    );
  });
  return classesNamed(readClassNames(new TextDecoder().decode(bytes), text));
}

/** The same as it is valid whatever folder one works in: what is no known set's name is a file. */
export const classesPlace = (text: string, { absolute }: Pick<TaskFiles, 'absolute'>): string =>
  isLabelSet(text) ? text : absolute(text);

const isLabelSet = (text: string): text is LabelSetName => Object.hasOwn(LABEL_SETS, text);
