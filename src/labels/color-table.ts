/** Tables that name classes with their colors. */
import { FormatError } from '../errors.ts';
import type { Color } from '../image/image.ts';
import type { LabelClass } from './label-class.ts';
import { MOST_CLASSES } from './label-table.ts';

/** Names under which class tables keep pixels that are not labeled. */
const UNLABELED = /^(void|unlabell?ed|ignored?|unknown|no[ _-]?data)$/i;

/** Whether a class of this name is none that is scored. Background is a class, unlike void. */
export function isUnlabeled(name: string): boolean {
  return UNLABELED.test(name.trim());
}

/**
 * A table of classes by color: `name,r,g,b` (class_dict.csv) or `r g b name` (label_colors.txt), one a line, with or
 * without a first line of titles.
 * @throws FormatError naming every line that is neither, repeats a color, or has no byte for a channel.
 */
export function parseColorTable(text: string, file: string): readonly LabelClass[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ text: line.trim(), number: index + 1 }));
  const classes: LabelClass[] = [];
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const { text: line, number } of lines) {
    if (line === '' || line.startsWith('#') || (number === 1 && /^[^\d]*$/.test(line))) continue;
    const row = parseRow(line);
    if (typeof row === 'string') problems.push(`line ${number}: ${row}`);
    else {
      const key = row.color.join();
      const other = seen.get(key);
      if (other !== undefined) problems.push(`line ${number}: ${row.name} has the color of ${other}`);
      seen.set(key, row.name);
      classes.push(row);
    }
  }
  if (classes.length === 0 && problems.length === 0) problems.push('it names no classes');
  if (classes.length > MOST_CLASSES)
    problems.push(`it has ${classes.length} classes, of which ${MOST_CLASSES} are possible`);
  if (problems.length > 0) {
    throw new FormatError(
      `${file}: the table of classes does not fit: ${problems.join('; ')}. Each line is a class: name,r,g,b with channels from 0 to 255.`,
    );
  }
  return classes;
}

const NAME_FIRST = /^"?([^",;\t]+?)"?\s*[,;\t]\s*(\d+)\s*[,;\t]\s*(\d+)\s*[,;\t]\s*(\d+)\s*$/;
const COLOR_FIRST = /^(\d+)[\s,;]+(\d+)[\s,;]+(\d+)[\s,;]+"?([^"]+?)"?$/;

function parseRow(line: string): LabelClass | string {
  const first = NAME_FIRST.exec(line);
  const second = first ? null : COLOR_FIRST.exec(line);
  const parts = first
    ? [first[1], first[2], first[3], first[4]]
    : second
      ? [second[4], second[1], second[2], second[3]]
      : null;
  if (!parts) return `"${line.slice(0, 60)}" is no name with three numbers`;
  const [name, ...channels] = parts as [string, string, string, string];
  const color = channels.map(Number) as unknown as Color;
  return color.some((value) => value > 255) ? `${name} has the color (${color.join(',')})` : { name, color };
}

/** A color as one number. */
export function colorKey([red, green, blue]: Color): number {
  return red * 65_536 + green * 256 + blue;
}
