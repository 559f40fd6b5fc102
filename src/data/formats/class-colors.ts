/** Masks painted in colors in layouts whose masks usually hold ids: a class table beside them says which color is which. */
import { FormatError, RefineNetError } from '../../errors.ts';
import { readPngHeader } from '../../image/png-chunks.ts';
import { isUnlabeled, parseColorTable } from '../../labels/color-table.ts';
import { mapAhead } from '../concurrency.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import { comparable, joinPaths } from '../file-source.ts';
import type { Pairs } from '../pairing.ts';
import { COLOR_TABLE_FILES } from './class-files.ts';
import { colorEncoding, encodeColors } from './color-encoding.ts';
import type { Folder } from './folder.ts';
import type { DatasetLayout } from './format.ts';

type ColorLayout = Required<Pick<DatasetLayout, 'classes' | 'encoding' | 'notes'>>;

/**
 * How the masks are read if some of them have colors and one of these folders has a class table; undefined otherwise.
 * The classes keep the names, order and ids that are given, and the table their colors, matched by name: each class must have
 * a row, and each row a class, except for those called void or unlabeled, which are ignored. A class may have several rows.
 * Without names the table's order counts, as where a table is all there is.
 * @throws FormatError if the masks need the table, but it cannot be read or differs from the names.
 */
export async function classColors(
  folder: Folder,
  folders: readonly string[],
  splits: Iterable<Pairs>,
  names: readonly LabelClass[] | null,
): Promise<ColorLayout | undefined> {
  const file = folder.firstFile(
    folders.flatMap((each) => COLOR_TABLE_FILES.map((name) => (each === '' ? name : `${each}/${name}`))),
  );
  if (file === undefined || !(await someMaskHasColors(folder, splits))) return undefined;
  const table = parseColorTable(await folder.text(file), joinPaths(folder.name, file));
  const { classes, encoding, ignored } = names === null ? colorEncoding(table) : named(table, names, folder, file);
  return {
    classes,
    encoding,
    notes: [
      `Masks are read by the colors in ${file}${ignored.length > 0 ? `; ${ignored.join(', ')} is no class and ignored` : ''}.`,
    ],
  };
}

function named(
  table: readonly LabelClass[],
  names: readonly LabelClass[],
  folder: Folder,
  file: string,
): ReturnType<typeof colorEncoding> {
  const key = (name: string) => comparable(name.trim());
  const classOf = (row: LabelClass) => names.findIndex(({ name }) => key(name) === key(row.name));
  const missing = names.filter(({ name }) => !table.some((row) => key(row.name) === key(name)));
  const foreign = table.filter((row) => classOf(row) < 0 && !isUnlabeled(row.name));
  if (missing.length + foreign.length > 0) {
    const list = (classes: readonly LabelClass[]) => classes.map(({ name }) => name).join(', ');
    const problems = [
      ...(missing.length > 0 ? [`it lacks ${list(missing)}`] : []),
      ...(foreign.length > 0 ? [`it has ${list(foreign)} beside them`] : []),
    ];
    throw new FormatError(
      `${joinPaths(folder.name, file)}: the masks have colors, but this table does not fit the classes ${list(names)}: ${problems.join('; ')}. ` +
        'Give each class a row with its very name, and each other color the name void.',
    );
  }
  const classes = names.map(({ name }) => ({
    name,
    color: (table.find((row) => key(row.name) === key(name)) as LabelClass).color,
  }));
  return { classes, ...encodeColors(table, classOf) };
}

const READ_AT_ONCE = 4;

/** Looks at masks until one has colors: mostly that is the first. */
async function someMaskHasColors(folder: Folder, splits: Iterable<Pairs>): Promise<boolean> {
  const masks = [...splits].flatMap(({ samples }) => samples.map(({ mask }) => mask));
  for await (const hasColors of mapAhead(masks, READ_AT_ONCE, (mask) => isColored(folder, mask))) {
    if (hasColors) return true;
  }
  return false;
}

/** RGB, with alpha or without. What is no PNG is somebody else's to report. */
async function isColored(folder: Folder, mask: string): Promise<boolean> {
  try {
    return [2, 6].includes(readPngHeader(await folder.source.read(mask), mask).colorType);
  } catch (error) {
    if (error instanceof RefineNetError) return false;
    throw error;
  }
}
