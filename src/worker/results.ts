/** What a folder of results says about itself: what was asked for, and which images are done. */
import { mapAhead } from '../data/concurrency.ts';
import { UsageError } from '../errors.ts';
import { assertResultsReplaced } from '../tasks/predict/earlier-results.ts';
import type { ImageReport } from '../tasks/predict/prediction-files.ts';
import type { PredictRequest } from '../tasks/predict/request.ts';
import { REPORT } from '../tasks/predict/result-suffixes.ts';
import type { NamedInput, TaskFiles } from '../tasks/task-files.ts';

/** What was asked for, and of which model's files. */
export interface AskedOf extends PredictRequest {
  /** As `TaskFiles.modelDigest` gives it. */
  readonly modelDigest: string | undefined;
}

/** The file that holds what was asked for. */
export const REQUEST_FILE = 'predict-request.json';

/** Files that are looked for at once. */
const WIDTH = 32;

const reportPath = (files: TaskFiles, output: string, { name }: NamedInput): string =>
  files.join(output, `${name}${REPORT}`);

function parsedReport(text: string): ImageReport | undefined {
  try {
    const report = JSON.parse(text) as ImageReport;
    return typeof report.image === 'string' ? report : undefined;
  } catch {
    return undefined;
  }
}

/** Whether there is a file in the place of an image's report. */
export const hasReport = async (files: TaskFiles, output: string, image: NamedInput): Promise<boolean> =>
  (await files.kindOf(reportPath(files, output, image))) === 'file';

/**
 * Whether an image's results are there: its report is the last file that is written.
 * @throws UsageError if they are those of another image, which has the same name, or something else has the report's name.
 */
export async function isDone(files: TaskFiles, output: string, image: NamedInput): Promise<boolean> {
  if (!(await hasReport(files, output, image))) return false;
  const { image: other } = await readReport(files, output, image);
  if (files.absolute(other) === files.absolute(image.path)) return true;
  const path = reportPath(files, output, image);
  throw new UsageError(`${path}: holds the results of ${other}, not of ${image.path}. Choose another --output.`);
}

/** The report of an image that is done. @throws UsageError if the file in its place is none */
export async function readReport(files: TaskFiles, output: string, image: NamedInput): Promise<ImageReport> {
  const path = reportPath(files, output, image);
  const report = parsedReport(new TextDecoder().decode(await files.read(path)));
  if (report) return report;
  throw new UsageError(`${path}: is no report of predict, whose results would be here. Choose another --output.`);
}

/**
 * The images whose results are not there yet, in their order. The folder remembers what was asked for, so that results of
 * other options or another model, be it under the same path, are never taken for these.
 * @throws UsageError if the folder has results of another request, or of `predict` without a queue, or other files in the
 * places of results; then nothing was written.
 */
export async function imagesToDo(
  images: readonly NamedInput[],
  request: AskedOf,
  files: TaskFiles,
): Promise<readonly NamedInput[]> {
  const { output } = request;
  const { images: _, shard: __, ...shared } = request;
  const file = files.join(output, REQUEST_FILE);
  const isKnown = (await files.kindOf(file)) === 'file';
  if (isKnown) checkSame(output, JSON.parse(new TextDecoder().decode(await files.read(file))) as object, shared);
  const toDo: NamedInput[] = [];
  const look = async (image: NamedInput) => ({ image, done: await isDone(files, output, image) });
  for await (const { image, done } of mapAhead(images, WIDTH, look)) if (!done) toDo.push(image);
  if (!isKnown && toDo.length < images.length) {
    throw new UsageError(
      `${output} has results of ${images.length - toDo.length} of these images, and no ${REQUEST_FILE} that says how they were made. Choose another --output, or remove them.`,
    );
  }
  await assertResultsReplaced(toDo, request, files);
  await files.write(file, new TextEncoder().encode(`${JSON.stringify(shared, null, 2)}\n`));
  return toDo;
}

function checkSame(output: string, before: object, now: object): void {
  const [was, is] = [before, now].map((each) => new Map(Object.entries(JSON.parse(JSON.stringify(each)) as object)));
  const names = new Set([...(was as Map<string, unknown>).keys(), ...(is as Map<string, unknown>).keys()]);
  const changes = [...names].flatMap((name) => {
    const [one, other] = [was, is].map((each) => JSON.stringify((each as Map<string, unknown>).get(name)));
    // Former versions did not write it.
    if (name === 'modelDigest' && one === undefined) return [];
    return one === other ? [] : [`${name} was ${one ?? 'not given'} and is ${other ?? 'not given'}`];
  });
  if (changes.length === 0) return;
  throw new UsageError(
    `${output} has results of another request: ${changes.join('; ')}. Choose another --output, or ask for the same.`,
  );
}
