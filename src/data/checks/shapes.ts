/** Checks what was drawn on images. */
import { placeOf, type ShapeFaultKind } from '../annotations/annotation.ts';
import { count } from '../../text.ts';
import { type Check, type CheckedDataset, imagesIn, part, type ProblemItem, readableMasks } from './check.ts';

const ofKind =
  (kind: ShapeFaultKind) =>
  (checked: CheckedDataset): ProblemItem[] =>
    readableMasks(checked).flatMap(({ record: { sample }, mask: { painted } }) => {
      const { annotation, image, mask } = sample;
      if (!annotation) return [];
      const faults = (painted?.faults ?? []).filter((fault) => fault.kind === kind);
      return faults.map((fault) => ({
        subject: placeOf(mask, annotation, fault),
        detail: `${fault.detail} (${image})`,
      }));
    });

export const SHAPE_CHECKS: readonly Check[] = [
  {
    code: 'broken-shape',
    severity: 'error',
    stopsTraining: true,
    message: (found) => `${count(found, 'shape', 'shapes')} cannot be drawn`,
    advice: 'Draw them anew, or delete them.',
    find: ofKind('broken-shape'),
  },
  {
    code: 'unknown-class',
    severity: 'error',
    stopsTraining: true,
    message: (found) => `${count(found, 'shape has', 'shapes have')} a class that the data set does not name`,
    advice: 'Name the class, or give the shapes another one.',
    find: ofKind('unknown-class'),
  },
  {
    code: 'box-only',
    severity: 'error',
    stopsTraining: true,
    message: (found) =>
      `${count(found, 'object is', 'objects are')} marked by a box or points only, which do not say which pixels are meant`,
    advice: 'Draw their outlines, or delete them.',
    find: ofKind('box-only'),
  },
  {
    code: 'few-points',
    severity: 'error',
    message: (found) =>
      `${count(found, 'outline has', 'outlines have')} fewer than three points and ${found === 1 ? 'is' : 'are'} left out`,
    advice: 'Draw them anew, or delete them.',
    find: ofKind('few-points'),
  },
  {
    code: 'outside',
    severity: 'warning',
    message: (found) =>
      `${count(found, 'outline reaches', 'outlines reach')} outside of the image, where ${found === 1 ? 'it is' : 'they are'} cut off`,
    advice:
      'Nothing needs to be done where it is little; where it is much, the outline may belong to another image or size.',
    find: ofKind('outside'),
  },
  {
    code: 'self-crossing',
    severity: 'warning',
    message: (found) => `${count(found, 'outline crosses', 'outlines cross')} itself: what is inside twice is outside`,
    advice: 'Draw them anew where that is not meant.',
    find: ofKind('self-crossing'),
  },
  {
    code: 'unlabeled',
    severity: 'warning',
    message: (found, checked) =>
      `${part(found, imagesIn(checked), 'image', 'has', 'have')} no shape and ${found === 1 ? 'is' : 'are'} background all over`,
    advice: 'If nobody has looked at them yet, leave them out: --unlabeled skip.',
    find: ({ scanned }) =>
      scanned.flatMap(({ sample }) => (sample.annotation?.unlabeled === undefined ? [] : [{ subject: sample.image }])),
  },
  {
    code: 'overlap',
    severity: 'info',
    message: (found, checked) =>
      `in ${part(found, imagesIn(checked), 'image', 'shapes', 'shapes')} of different classes share pixels, which go to the shape on top`,
    advice: '',
    find: (checked) =>
      readableMasks(checked).flatMap(({ record: { sample }, mask: { painted } }) =>
        painted === undefined || painted.overlap === 0
          ? []
          : [{ subject: sample.image, detail: count(painted.overlap, 'pixel') }],
      ),
  },
];
