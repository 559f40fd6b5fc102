/**
 * The layout of ultralytics' semantic task: a `data.yaml` that names folders, classes and a mapping of mask values. With a table
 * of classes beside it, masks may be painted in colors.
 */
import { FormatError } from '../../errors.ts';
import { classesNamed } from '../../labels/classes-named.ts';
import { comparable, extensionOf, folderOf, joinPaths, withoutExtension } from '../file-source.ts';
import { labelTable } from '../../labels/label-table.ts';
import { type Pairs, pairByStem, stemBelow } from '../pairing.ts';
import type { Sample } from '../sample.ts';
import { classColors } from './class-colors.ts';
import { filesAt, placesOf, readDataYaml, yamlOf } from './data-yaml.ts';
import type { Folder } from './folder.ts';
import type { DatasetFormat } from './format.ts';
import { withUniqueNames } from './short-names.ts';

/** The part of image paths in whose place the masks' folder stands. */
const IMAGES = 'images';

export const ultralytics: DatasetFormat = {
  name: 'ultralytics',
  looksFor: 'data.yaml with path, train, val, names and masks_dir',
  colorTable: 'beside data.yaml',
  detect: async (folder) => (await yamlOf(folder)) !== undefined,
  async read(folder) {
    const file = await yamlOf(folder);
    if (file === undefined)
      throw new FormatError(`${folder.name}: there is no data.yaml with path, train, val, names and masks_dir.`);
    const config = readDataYaml(await folder.text(file), joinPaths(folder.name, file), true);
    const masksDir = config.masksDir as string;
    const { root, splits: located, notes } = await placesOf(folder, folderOf(file), config);
    const splits = new Map<string, Pairs>();
    for (const [split, places] of located) splits.set(split, await readSplit(folder, root, places, masksDir));
    const classes = classesNamed(config.names);
    const own = folderOf(file);
    const colors = await classColors(folder, [own, root], splits.values(), classes);
    return {
      classes: colors?.classes ?? classes,
      encoding: colors?.encoding ?? {
        kind: 'ids',
        table: labelTable({ classes: classes.length, ids: config.mapping }),
      },
      splits,
      notes: [
        ...notes,
        ...(colors?.notes ?? []),
        ...(colors && config.mapping.size > 0 ? ['label_mapping maps ids, so it is not used with colors.'] : []),
      ],
    };
  },
};

async function readSplit(folder: Folder, root: string, places: readonly string[], masksDir: string): Promise<Pairs> {
  const found: Pairs[] = [];
  for (const place of places) {
    const images = await filesAt(folder, root, place);
    const isList = extensionOf(place) === '.txt';
    const imageRoot = joinPaths(root, isList ? IMAGES : place);
    const maskRoot = maskPlace(root, imageRoot, masksDir);
    const stems = new Set(images.map((path) => stemBelow(path, imageRoot)));
    // A list names some of the images in a folder, so other masks there are none too many.
    const masks = (await filesAt(folder, '', maskRoot)).filter(
      (path) => !isList || stems.has(stemBelow(path, maskRoot)),
    );
    found.push(pairByStem(images, masks, imageRoot, maskRoot));
  }
  const samples = found.flatMap((each) => each.samples);
  const areUnique = new Set(samples.map(({ name }) => name)).size === samples.length;
  return {
    samples: areUnique ? samples : withUniqueNames(samples.map(namedByPath)),
    faults: found.flatMap(({ faults }) => faults),
  };
}

/** Images of several folders may be called alike. */
const namedByPath = (sample: Sample): Sample => ({ ...sample, name: comparable(withoutExtension(sample.image)) });

/** The last `images` in the path below the root replaced by the masks' folder; without one, the same path below that folder. */
function maskPlace(root: string, imageRoot: string, masksDir: string): string {
  const parts = imageRoot.slice(root === '' ? 0 : root.length + 1).split('/');
  const index = parts.lastIndexOf(IMAGES);
  if (index < 0) return joinPaths(joinPaths(root, masksDir), parts.join('/'));
  return joinPaths(root, parts.with(index, masksDir).join('/'));
}
