/** Keeps what is written about images from being written over the images. */
import { UsageError } from '../../errors.ts';
import { firstOf } from '../../text.ts';
import type { NamedInput, TaskFiles } from '../task-files.ts';
import { writtenOver } from '../written-over.ts';
import type { PredictRequest } from './request.ts';
import { resultEndings } from './result-suffixes.ts';

/** Pairs that are named in a message. */
const NAMED = 3;

/** @throws UsageError naming images that results would be written over, as `writtenOver` finds them. */
export async function assertInputsUntouched(
  images: readonly NamedInput[],
  request: Pick<PredictRequest, 'output' | 'formats' | 'probabilities' | 'logits'>,
  files: Pick<TaskFiles, 'realPath' | 'join'>,
): Promise<void> {
  const clashes = await writtenOver(
    images.map(({ path }) => path),
    images.map(({ path: of, name }) => ({ of, path: files.join(request.output, name) })),
    files,
    await resultEndings(request),
  );
  if (clashes.length === 0) return;
  const named = clashes.map(({ output: { of }, input }) => (of === input ? input : `${input} (by results of ${of})`));
  throw new UsageError(
    `Results would be written over images: ${firstOf(named, NAMED)}. Name another folder with --output.`,
  );
}
