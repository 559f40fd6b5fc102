/** Checks of what lies where: they need no file's content. */
import { describePassedOver } from '../passed-over.ts';
import type { LayoutFault } from '../pairing.ts';
import { type Check, type CheckedDataset, imagesIn, masksIn, part, type ProblemItem } from './check.ts';
import { count } from '../../text.ts';

const ofKind =
  (kind: LayoutFault['kind']) =>
  ({ faults }: CheckedDataset): ProblemItem[] =>
    faults
      .filter((fault) => fault.kind === kind)
      .map(({ path, detail }) => ({ subject: path, ...(detail !== undefined && { detail }) }));

export const LAYOUT_CHECKS: readonly Check[] = [
  {
    code: 'missing-mask',
    severity: 'error',
    message: (found, checked) =>
      `${part(found, imagesIn(checked), 'image', 'has no mask and is', 'have no mask and are')} left out`,
    advice: 'Add masks of the same names, or take the images out.',
    find: ofKind('missing-mask'),
  },
  {
    code: 'missing-image',
    severity: 'error',
    message: (found, checked) =>
      `${part(found, masksIn(checked), 'mask', 'has no image and is', 'have no image and are')} left out`,
    advice: 'Add the images, or take the masks out.',
    find: ofKind('missing-image'),
  },
  {
    code: 'missing-listed',
    severity: 'error',
    message: (found) => `${count(found, 'file is', 'files are')} listed but not there, and left out`,
    advice: 'Add the files, or take them off the list.',
    find: ofKind('missing-listed'),
  },
  {
    code: 'ambiguous-name',
    severity: 'error',
    message: (found) =>
      `${count(found, 'file is', 'files are')} there twice, so it is not clear which is meant; one of them is left out`,
    advice: 'Keep one file of each name.',
    find: ofKind('ambiguous-name'),
  },
  {
    code: 'unreadable-format',
    severity: 'warning',
    message: (_, { faults }) =>
      describePassedOver(faults.filter(({ kind }) => kind === 'unreadable-format').map(({ path }) => path)),
    advice: 'Convert images to JPEG or PNG and masks to PNG.',
    find: ofKind('unreadable-format'),
  },
];
