/** Keeps what is written about images from being written over the images. */
import { UsageError } from '../../errors.ts';
import type { NamedInput, TaskFiles } from '../task-files.ts';
import type { PredictRequest } from './request.ts';

/** What is always written of that which an image's file could be. */
const ALWAYS = ['.png', '.overlay.png'];

/** Pairs that are named in a message. */
const NAMED = 3;

/**
 * @throws UsageError naming images that results would be written over. Letters' cases do not count: disks may hold them to be
 * the same.
 */
export async function assertInputsUntouched(
  images: readonly NamedInput[],
  { output, formats }: Pick<PredictRequest, 'output' | 'formats'>,
  files: Pick<TaskFiles, 'absolute' | 'join'>,
): Promise<void> {
  const key = (path: string) => files.absolute(path).normalize('NFC').toLowerCase();
  const inputs = new Map(images.map(({ path }) => [key(path), path]));
  const further = formats.length > 0 ? (await import('../../inference/outputs/index.ts')).outputFormats(formats) : [];
  const suffixes = [...ALWAYS, ...further.map(({ extension }) => extension)];
  const clashes = images.flatMap(({ path, name }) =>
    suffixes.flatMap((suffix) => {
      const over = inputs.get(key(files.join(output, `${name}${suffix}`)));
      return over === undefined ? [] : [over === path ? over : `${over} (by results of ${path})`];
    }),
  );
  if (clashes.length === 0) return;
  const more = clashes.length > NAMED ? ` and ${clashes.length - NAMED} more` : '';
  throw new UsageError(
    `Results would be written over images: ${clashes.slice(0, NAMED).join(', ')}${more}. Name another folder with --output.`,
  );
}
