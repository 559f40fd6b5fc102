/** Class names that lie beside images and masks. */
import { classesNamed } from '../../labels/classes-named.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import { parseClassNames } from '../../labels/class-names.ts';
import type { Folder } from './folder.ts';

/** Files with one class name a line, in the order in which they are looked for. */
export const CLASS_NAME_FILES = ['classes.txt', 'labels.txt', 'class_names.txt', 'names.txt', 'codes.txt'];

/** Files with a class's name and color a line. */
export const COLOR_TABLE_FILES = ['class_dict.csv', 'classes.csv', 'label_colors.txt', 'labels_class_dict.csv'];

/** The classes named in a text beside the images, if there is one. */
export async function namedClasses(folder: Folder): Promise<readonly LabelClass[] | null> {
  const file = folder.firstFile(CLASS_NAME_FILES);
  return file === undefined ? null : classesNamed(parseClassNames(await folder.lines(file), file));
}
