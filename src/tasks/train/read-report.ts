/** Reads what `predict` wrote of an image, and finds the image that it is of. */
import { sameBytes } from '../../data/content-hash.ts';
import { messageOf, RefineNetError, UsageError } from '../../errors.ts';
import type { SegmentedClass } from '../../inference/segmentation/outputs.ts';
import type { TaskFiles } from '../task-files.ts';

/** What `predict` writes of an image, as far as it is needed here. */
interface Written {
  readonly image?: string;
  readonly classes?: readonly Pick<SegmentedClass, 'id' | 'label'>[];
  readonly outputs?: { readonly report?: string };
}

/** The same, with the image found. */
export interface Report extends Required<Pick<Written, 'classes'>>, FoundImage {
  readonly name: string;
}

/** An image that a report names. */
export interface FoundImage {
  /** Where it is, or would be, whatever folder one works in. */
  readonly image: string;
  readonly isThere: boolean;
  /** Where another image is that the report may mean as well. */
  readonly other?: string;
}

/** How predictions to learn from are made. */
export const HOW = 'Make some first: refinenet predict PHOTOS --model MODEL --output FOLDER --format confidence.';

/** The report of this name in a folder. @throws RefineNetError if it or its image cannot be read, UsageError if it is none of `predict`. */
export async function readReport(folder: string, name: string, files: TaskFiles): Promise<Report> {
  const path = files.join(folder, `${name}.json`);
  const { image, classes, outputs } = parseReport(await readNamed(path, files), path);
  return { name, classes, ...(await locate(placesOf(image, outputs?.report, files.absolute(path), files), files)) };
}

function readNamed(path: string, files: TaskFiles): Promise<Uint8Array> {
  return files.read(path).catch((error: unknown) => {
    throw new RefineNetError(`--pseudo-labels: ${path} cannot be read (${messageOf(error)}).`, { cause: error });
  });
}

function parseReport(bytes: Uint8Array, path: string): Written & Required<Pick<Written, 'image' | 'classes'>> {
  try {
    const { image, classes, outputs } = JSON.parse(new TextDecoder().decode(bytes)) as Written;
    if (typeof image !== 'string' || !Array.isArray(classes)) throw new Error('it names no image or no classes');
    return { image, classes, ...(outputs && { outputs }) };
  } catch (error) {
    throw new UsageError(`--pseudo-labels: ${path} is no report of predict (${messageOf(error)}). ${HOW}`);
  }
}

/**
 * Where a report's image may be, the likeliest first. Former versions wrote it from the folder that they worked in. That is the
 * one from which the report's own path is what they wrote it as, or, where the results were moved since, the one that is
 * worked in now.
 * @param written the report's path as the report itself has it.
 * @param report where the report is.
 */
function placesOf(
  image: string,
  written: string | undefined,
  report: string,
  files: TaskFiles,
): readonly [string, ...string[]] {
  const here = files.absolute(image);
  const isAbsolute = [image, files.join(image, '')].includes(here);
  const above = written === undefined || !report.endsWith(written) ? '' : report.slice(0, -written.length);
  if (isAbsolute || !/[/\\]$/.test(above)) return [here];
  return [files.absolute(files.join(above, image)), here];
}

async function locate(places: readonly [string, ...string[]], files: TaskFiles): Promise<FoundImage> {
  const kinds = await Promise.all(places.map((place) => files.kindOf(place)));
  const [image, other] = places.filter((_, index) => kinds[index] === 'file');
  if (image === undefined) return { image: places[0], isThere: false };
  if (other === undefined || other === image) return { image, isThere: true };
  const [bytes, otherBytes] = await Promise.all([image, other].map((place) => readNamed(place, files)));
  const isSame = sameBytes(bytes as Uint8Array, otherBytes as Uint8Array);
  return { image, isThere: true, ...(!isSame && { other }) };
}
