/** Keeps results from replacing what no earlier run has written. */
import { mapAhead } from '../../data/concurrency.ts';
import { fileNameOf, folded, folderOf } from '../../data/file-source.ts';
import { UsageError } from '../../errors.ts';
import { addToGroup } from '../../groups.ts';
import { firstOf } from '../../text.ts';
import { divisions } from '../name-endings.ts';
import type { NamedInput, TaskFiles } from '../task-files.ts';
import type { ImageReport } from './prediction-files.ts';
import type { PredictRequest } from './request.ts';
import { OVERLAY, REPORT, resultEndings } from './result-suffixes.ts';

type Files = Pick<TaskFiles, 'join' | 'kindOf' | 'namesIn' | 'read'>;

/** Images that are looked at at once. */
const WIDTH = 32;
/** Files that are named in a message. */
const NAMED = 3;

/**
 * Results replace those of earlier runs alone, which the image's report shows to be there; where a run ended before its report,
 * the overlay does.
 * @throws UsageError naming other files in their places, such as labels that people made.
 */
export async function assertResultsReplaced(
  images: readonly NamedInput[],
  request: Pick<PredictRequest, 'output' | 'formats' | 'probabilities' | 'logits'>,
  files: Files,
): Promise<void> {
  const endingsOf = presentIn(request.output, await resultEndings(request), files);
  const look = async ({ name }: NamedInput) =>
    foreignFiles(files.join(request.output, name), await endingsOf(name), files);
  const foreign: string[] = [];
  for await (const some of mapAhead(images, WIDTH, look)) foreign.push(...some);
  if (foreign.length === 0) return;
  throw new UsageError(
    `Results would be written over files that are none of an earlier run's results: ${firstOf(foreign, NAMED)}. Name another folder with --output, or take these away first.`,
  );
}

/**
 * Gives the endings of the files in the places of an image's results, by its name. Every folder is listed once: to look for
 * the files of each image takes many requests to a bucket.
 */
function presentIn(output: string, endings: RegExp, files: Files): (name: string) => Promise<readonly string[]> {
  const folders = new Map<string, Promise<ReadonlyMap<string, readonly Present[]>>>();
  return async (name) => {
    const inner = folderOf(name);
    const listed = folders.get(inner) ?? list(inner === '' ? output : files.join(output, inner), endings, files);
    folders.set(inner, listed);
    const own = fileNameOf(name);
    const present = new Set<string>();
    // Only the disk knows whether it holds names to be the same that differ in their letters' cases or forms.
    const isThere = async (ending: string) => (await files.kindOf(files.join(output, `${name}${ending}`))) === 'file';
    for (const { beginning, ending } of (await listed).get(folded(own)) ?? []) {
      if (!present.has(ending) && (beginning === own || (await isThere(ending)))) present.add(ending);
    }
    return [...present].sort();
  };
}

/** A file whose name ends as that of a result. */
interface Present {
  readonly ending: string;
  /** What is in front; undefined where the name ends so in other letters. */
  readonly beginning?: string;
}

/** By the folded name of the image that a file may be a result of. */
async function list(folder: string, endings: RegExp, files: Files): Promise<ReadonlyMap<string, readonly Present[]>> {
  const found = new Map<string, Present[]>();
  for (const file of await files.namesIn(folder)) {
    for (const each of divisions(file, endings)) addToGroup(found, folded(each.beginning), each);
    for (const { beginning, ending } of divisions(folded(file), endings)) addToGroup(found, beginning, { ending });
  }
  return found;
}

/** What is in the places of an image's results and is no result. */
async function foreignFiles(stem: string, present: readonly string[], files: Files): Promise<readonly string[]> {
  const report = `${stem}${REPORT}`;
  // A report lists what its own run has written; runs before that one may have written more.
  if (present.includes(REPORT)) return isReport(await files.read(report)) ? [] : [report];
  return present.includes(OVERLAY) ? [] : present.map((ending) => `${stem}${ending}`);
}

function isReport(bytes: Uint8Array): boolean {
  try {
    const { image, outputs } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<ImageReport>;
    return typeof image === 'string' && typeof outputs?.labels === 'string';
  } catch {
    return false;
  }
}
