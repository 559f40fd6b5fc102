/** What a segmentation can be answered as, and how a client names it. */
import { OUTPUT_FORMATS } from '../inference/outputs/index.ts';

/** One that `?format=` or `Accept` chooses. */
export interface AnswerFormat {
  readonly name: string;
  /** Its media type. Where several share one, the first of them has it and the others are its `format=` parameter. */
  readonly type: string;
  readonly description: string;
  /** What must have been computed for it. */
  readonly needsEntropy: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.json': 'application/json',
  '.geojson': 'application/geo+json',
  '.npy': 'application/x-npy',
  '.txt': 'text/plain',
};

/** Such an extension names a file for each class: they come in one archive. */
const MANY_FILES = /CLASS/;

/** In the order of preference: of formats with one media type the first, and the first of all for whoever takes anything. */
export const ANSWER_FORMATS: readonly AnswerFormat[] = [
  { name: 'json', type: 'application/json', description: 'the classes found, with their shares and confidence' },
  { name: 'mask', type: 'image/png', description: "a PNG whose pixels' values are class ids, as predict writes it" },
  { name: 'overlay', type: 'image/png', description: 'the image in the colors of the classes, with a legend' },
  { name: 'npy', type: 'application/x-npy', description: 'the class ids as uint8 or uint16 [height, width]' },
]
  .map((format) => ({ ...format, needsEntropy: false }))
  .concat(
    OUTPUT_FORMATS.map(({ name, extension, description, needs }) => ({
      name,
      type: MANY_FILES.test(extension)
        ? 'application/zip'
        : (TYPES[/\.[a-z]+$/.exec(extension)?.[0] ?? ''] ?? 'application/octet-stream'),
      description,
      needsEntropy: needs === 'entropy',
    })),
  );
