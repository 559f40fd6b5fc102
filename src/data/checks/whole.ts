/** Checks of a data set as a whole: splits, classes and how they are spread. */
import type { ScannedSample } from '../scan.ts';
import type { SplitStatistics } from '../stats.ts';
import {
  type Check,
  type CheckedDataset,
  imagesIn,
  isUnlabeled,
  part,
  type ProblemItem,
  readableMasks,
} from './check.ts';
import { count, percent } from '../../text.ts';
import { KNOWN_SPLITS } from '../split-names.ts';

const RARE = 0.01;
const MUCH_IGNORED = 0.5;

/** Small shares with a decimal more. */
const precisely = (fraction: number): string => percent(fraction, fraction < 0.001 ? 3 : 2);

export const WHOLE_CHECKS: readonly Check[] = [
  {
    code: 'no-samples',
    severity: 'error',
    message: (found) => `${count(found, 'split has', 'splits have')} no sample`,
    advice: 'Check that images and masks lie where the layout has them, and have the same names.',
    find: ({ dataset, splits }) =>
      splits
        .filter((split) => dataset.samples(split).length === 0 && !dataset.emptied?.includes(split))
        .map((split) => ({ subject: split })),
  },
  {
    code: 'no-train',
    severity: 'error',
    message: () => 'there is no split train',
    advice: 'Name the folder or list of the training images train.',
    find: ({ dataset }) => (dataset.splits.includes('train') ? [] : [{ subject: dataset.splits.join(', ') }]),
  },
  {
    code: 'no-validation',
    severity: 'warning',
    message: () => 'there is no split val to measure on while training',
    advice: 'Put a tenth to a fifth of the images, of other scenes than those in train, into val.',
    find: ({ dataset }) => (dataset.splits.includes('val') ? [] : [{ subject: dataset.splits.join(', ') }]),
  },
  {
    code: 'nothing-labeled',
    severity: 'error',
    stopsTraining: true,
    message: (found) => `in ${count(found, 'split')} no pixel has a class: every mask is ignored all over`,
    advice: 'Give pixels the ids of classes: 255, and what is called void or unlabeled, is not looked at.',
    find: (checked) =>
      checked.splits.flatMap((split) => {
        const masks = readableMasks(checked).filter(({ record }) => record.split === split);
        const isEmpty = masks.length > 0 && masks.every(({ mask }) => isUnlabeled(mask));
        return isEmpty ? [{ subject: split, detail: count(masks.length, 'mask') }] : [];
      }),
  },
  {
    code: 'single-class',
    severity: 'error',
    stopsTraining: true,
    message: () => 'only one class is scored: a network that always answers it makes no mistake, so nothing is learned',
    advice: (checked) => {
      const hint = hasOnlyForegroundAt255(checked)
        ? ' The masks hold one id and 255: if 255 is the foreground, map it to class 1 (label_mapping: {255: 1} in data.yaml, with names for background and foreground).'
        : '';
      return `Make the background a class of its own, with id 0, instead of marking it 255.${hint}`;
    },
    find: ({ dataset, statistics }) => {
      // What val has beside it cannot be learned from train.
      const { split, classes = [] } = statistics.find(({ samples }) => samples > 0) ?? {};
      const present = dataset.classes.filter((_, id) => (classes[id]?.pixels ?? 0) > 0);
      return present.length === 1 ? [{ subject: present[0]?.name as string, detail: `all of ${split}` }] : [];
    },
  },
  {
    code: 'repeated-class-name',
    severity: 'error',
    message: (found) => `${count(found, 'class has', 'classes have')} the name of another`,
    advice: 'Give every class a name of its own.',
    find: ({ dataset: { classes } }) =>
      classes.flatMap(({ name }, id) => {
        const first = classes.findIndex((each) => each.name === name);
        return first < id ? [{ subject: name, detail: `classes ${first} and ${id}` }] : [];
      }),
  },
  {
    code: 'leak',
    severity: 'error',
    message: (found, checked) =>
      `${part(found, imagesIn(checked), 'image', 'is', 'are')} in more than one of train, val and test, so the measure flatters`,
    advice: 'Keep each image in one split.',
    find: ({ copies }) => copies.flatMap(leaksIn),
  },
  {
    code: 'duplicate',
    severity: 'warning',
    message: (found) => `${count(found, 'image is', 'images are')} a copy of another in the same split`,
    advice: 'Take the copies out, or keep them if they are meant to count more.',
    find: ({ copies }) => copies.flatMap(duplicatesIn),
  },
  {
    code: 'absent-class',
    severity: 'warning',
    message: (found) => `${count(found, 'class never occurs', 'classes never occur')} in a split`,
    advice:
      'A class that train lacks cannot be learned, one that val lacks is not measured. Move images between splits, or drop the class.',
    find: (checked) =>
      trainedSplits(checked).flatMap(({ split, classes }) =>
        classes
          .filter(({ pixels }) => pixels === 0)
          .map(({ id, name }) => ({ subject: name, detail: `class ${id}, not in ${split}` })),
      ),
  },
  {
    code: 'rare-class',
    severity: 'warning',
    message: (found) => `${count(found, 'class has', 'classes have')} less than 1 % of the labeled pixels in train`,
    advice: 'Weight classes in the loss, or crop around classes (by: class); the stats command suggests weights.',
    find: ({ statistics }) =>
      (statistics.find(({ split }) => split === 'train')?.classes ?? [])
        .filter(({ fraction }) => fraction > 0 && fraction < RARE)
        .map(({ name, fraction, images }) => ({
          subject: name,
          detail: `${precisely(fraction)} in ${count(images, 'image')}`,
        })),
  },
  {
    code: 'much-ignored',
    severity: 'warning',
    message: (found) => `in ${count(found, 'split')} most pixels are ignored`,
    advice: 'Check that background is a class and not marked 255.',
    find: ({ statistics }) =>
      statistics
        .filter(({ ignoredFraction }) => ignoredFraction > MUCH_IGNORED)
        .map(({ split, ignoredFraction }) => ({ subject: split, detail: precisely(ignoredFraction) })),
  },
  {
    code: 'mixed-sizes',
    severity: 'info',
    message: () => 'images are of different sizes',
    advice: 'Training crops them to one size; nothing needs to be done.',
    find: ({ statistics }) => {
      const sizes = new Map<string, number>();
      for (const { sizes: own } of statistics) {
        for (const { width, height, images } of own) {
          sizes.set(`${width}x${height}`, (sizes.get(`${width}x${height}`) ?? 0) + images);
        }
      }
      if (sizes.size < 2) return [];
      return [...sizes]
        .sort((a, b) => b[1] - a[1])
        .map(([size, images]) => ({ subject: size, detail: count(images, 'image') }));
    },
  },
  {
    code: 'note',
    severity: 'info',
    message: () => 'how the data set was read',
    advice: '',
    find: ({ dataset }) => dataset.notes.map((note) => ({ subject: note })),
  },
];

function trainedSplits({ statistics }: CheckedDataset): SplitStatistics[] {
  return statistics.filter(({ split, labeledPixels }) => ['train', 'val'].includes(split) && labeledPixels > 0);
}

function hasOnlyForegroundAt255(checked: CheckedDataset): boolean {
  const ids = new Set(readableMasks(checked).flatMap(({ mask }) => [...mask.stored.keys()]));
  return ids.size === 2 && ids.has(255);
}

function leaksIn(copies: readonly ScannedSample[]): ProblemItem[] {
  // Others, such as trainval, are unions of these, which must not share images.
  const apart = copies.filter(({ split }) => KNOWN_SPLITS.includes(split));
  const first = apart[0];
  if (first === undefined || new Set(apart.map(({ split }) => split)).size < 2) return [];
  const others = apart.filter(({ split }) => split !== first.split);
  return [
    {
      subject: first.sample.image,
      detail: `in ${first.split}, and as ${others.map(({ sample, split }) => `${sample.image} in ${split}`).join(', ')}`,
    },
  ];
}

function duplicatesIn(copies: readonly ScannedSample[]): ProblemItem[] {
  return copies.flatMap(({ sample, split }, index) => {
    const first = copies.findIndex((each) => each.split === split);
    const original = copies[first]?.sample.image;
    return first < index ? [{ subject: sample.image, detail: `the same as ${original}` }] : [];
  });
}
