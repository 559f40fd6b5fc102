/** The images that a model is calibrated on: some of a folder, or of a data set's training images. */
import type { Dataset } from '../../data/dataset.ts';
import { isImage } from '../../data/file-source.ts';
import { UnknownLayoutError } from '../../data/unknown-layout-error.ts';
import { UsageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import type { WarningEvent } from '../events.ts';
import type { WorkContext } from '../task.ts';
import type { TaskFiles } from '../task-files.ts';

export interface CalibrationImages {
  readonly count: number;
  /** Each time anew, one after the other; `onImage` is told the file that was read. */
  read(onImage?: (name: string) => void): AsyncGenerator<Image>;
}

/**
 * Finds them, evenly spread over those there are, always the same ones.
 * @param path a data set, whose training images are taken, or a folder, file or pattern of images.
 * @throws UsageError if there is no image; as `openDataset` if the data set cannot be opened.
 */
export async function findCalibrationImages(
  path: string,
  most: number,
  { files, onEvent }: Pick<WorkContext<WarningEvent>, 'files' | 'onEvent'>,
): Promise<CalibrationImages> {
  const dataset = await datasetAt(path, files);
  const sources = dataset
    ? ofDataset(dataset, files)
    : await ofFiles(path, files, (message) => onEvent({ type: 'warning', message }));
  if (sources.length === 0)
    throw new UsageError(
      `${path}: there is no image to calibrate on. Give a folder of about 30 images like those to be segmented.`,
    );
  const count = Math.min(most, sources.length);
  const chosen = Array.from(
    { length: count },
    (_, index) => sources[Math.floor(((index + 0.5) * sources.length) / count)] as ImageSource,
  );
  return {
    count,
    async *read(onImage) {
      for (const { name, open } of chosen) {
        const image = await open();
        onImage?.(name);
        yield image;
      }
    },
  };
}

interface ImageSource {
  readonly name: string;
  open(): Promise<Image>;
}

/** The data set there; null where images are meant: one by name, those of a pattern, or all of a folder that is no data set. */
async function datasetAt(path: string, files: TaskFiles): Promise<Dataset | null> {
  const kind = await files.kindOf(path);
  if (kind === undefined || (kind === 'file' && isImage(path))) return null;
  try {
    return await files.openDataset(path, {});
  } catch (error) {
    // All images below a damaged data set would be its masks, too.
    if (kind === 'folder' && error instanceof UnknownLayoutError) return null;
    throw error;
  }
}

/** Takes those of the split `train`, or of the first one there is. */
function ofDataset(dataset: Dataset, files: TaskFiles): readonly ImageSource[] {
  const split = dataset.splits.includes('train') ? 'train' : dataset.splits[0];
  const samples = split === undefined ? [] : dataset.samples(split);
  return samples.map(({ image }) => ({
    name: image,
    open: async () => files.decodeImage(await dataset.source.read(image), image),
  }));
}

async function ofFiles(
  path: string,
  files: TaskFiles,
  onPassedOver: (message: string) => void,
): Promise<readonly ImageSource[]> {
  return (await files.listImages([path], onPassedOver)).map((file) => ({
    name: file.path,
    open: () => files.openImage(file.path),
  }));
}
