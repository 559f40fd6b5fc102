/** CamVid as fastai publishes it: `images/x.png`, `labels/x_P.png`, class names in `codes.txt`, validation names in `valid.txt`. */
import { FormatError } from '../../../errors.ts';
import { parseClassNames } from '../../../labels/class-names.ts';
import { isUnlabeled } from '../../../labels/color-table.ts';
import { CAMVID_32 } from '../../../labels/sets/camvid.ts';
import { classesNamed } from '../../../labels/classes-named.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { comparable, fileNameOf, withoutExtension } from '../../file-source.ts';
import { IGNORE_INDEX, labelTable } from '../../../labels/label-table.ts';
import { type LayoutFault, type Pairs, pairByStem } from '../../pairing.ts';
import type { DatasetFormat } from '../format.ts';

export const camvidFastai: DatasetFormat = {
  name: 'camvid-fastai',
  looksFor: 'images/, labels/ with files *_P.png, and codes.txt',
  detect: (folder) =>
    folder.hasFile('codes.txt') &&
    folder.hasFolder('images') &&
    folder.under('labels').some((path) => path.endsWith('_P.png')),
  async read(folder) {
    const missing = [
      ...(folder.hasFile('codes.txt') ? [] : ['codes.txt']),
      ...['images', 'labels'].filter((path) => !folder.hasFolder(path)).map((path) => `${path}/`),
    ];
    if (missing.length > 0)
      throw new FormatError(`${folder.name}: fastai's layout of CamVid lacks ${missing.join(', ')}.`);
    const names = parseClassNames(await folder.lines('codes.txt'), 'codes.txt');
    const scored = names.filter((name) => !isUnlabeled(name));
    const ids = new Map(
      names.map((name, id): [number, number] => [id, isUnlabeled(name) ? IGNORE_INDEX : scored.indexOf(name)]),
    );
    const valid = folder.hasFile('valid.txt')
      ? new Set((await folder.lines('valid.txt')).map(stemOf))
      : new Set<string>();
    const all = pairByStem(folder.under('images'), folder.under('labels'), 'images', 'labels');
    const part = (isWanted: (path: string) => boolean): Pairs => ({
      samples: all.samples.filter(({ image }) => isWanted(image)),
      faults: all.faults.filter(({ path }) => isWanted(path)),
    });
    const stems = new Set(folder.under('images').map(stemOf));
    const unknown: LayoutFault[] = [...valid]
      .filter((stem) => !stems.has(stem))
      .map((stem) => ({ kind: 'missing-listed', path: `images/${stem}.png`, detail: 'listed in valid.txt' }));
    const isValid = (path: string) => valid.has(stemOf(path).replace(/_P$/, ''));
    const val = part(isValid);
    const splits = new Map([['train', part((path) => !isValid(path))]]);
    if (valid.size > 0) splits.set('val', { ...val, faults: [...val.faults, ...unknown] });
    const ignored = names.filter(isUnlabeled);
    return {
      classes: withCamvidColors(classesNamed(scored)),
      encoding: { kind: 'ids', table: labelTable({ classes: scored.length, ids }) },
      splits,
      notes: ignored.length > 0 ? [`${ignored.join(', ')} is no class and ignored; the ids after it move up.`] : [],
    };
  },
};

function stemOf(path: string): string {
  return comparable(withoutExtension(fileNameOf(path)));
}

function withCamvidColors(classes: readonly LabelClass[]): readonly LabelClass[] {
  const colors = new Map(CAMVID_32.map(({ name, color }) => [name, color]));
  return classes.map(({ name, color }) => ({ name, color: colors.get(name) ?? color }));
}
