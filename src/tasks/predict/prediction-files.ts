/** What `predict` writes for one image. */
import { encodeLabelPng } from '../../image/png.ts';
import type { OutputContext, OutputFormat } from '../../inference/outputs/output-format.ts';
import type { Segmentation } from '../../inference/segmentation/segmentation.ts';
import type { SegmentedClass } from '../../inference/segmentation/outputs.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import { encodeNpy } from '../../tensor/npy.ts';
import type { NamedInput, TaskFiles } from '../task-files.ts';
import { checkResultName } from './result-name.ts';
import { ARRAYS, LABELS, OVERLAY, REPORT } from './result-suffixes.ts';

/** The content of STEM.json, and what `--json` prints. */
export interface ImageReport {
  /** As it was given; in STEM.json a path that is valid whatever folder one works in. */
  readonly image: string;
  readonly width: number;
  readonly height: number;
  readonly model: string;
  readonly provider: string;
  /** Classes found, most frequent first. */
  readonly classes: readonly SegmentedClass[];
  /** The files written, by what they hold; a list where that is several. */
  readonly outputs: Readonly<Record<string, string | readonly string[]>> & {
    readonly labels: string;
    readonly overlay: string;
  };
}

export interface PredictionFileOptions {
  readonly output: string;
  readonly opacity: number;
  readonly model: string;
  readonly provider: string;
  /** The model's classes by id. */
  readonly classes: readonly LabelClass[];
  /** Whether the arrays that the segmentation holds are written. */
  readonly probabilities: boolean;
  readonly logits: boolean;
  /** Further formats. */
  readonly formats: readonly OutputFormat[];
  readonly context: Omit<OutputContext, 'image' | 'classes'>;
}

/**
 * Writes STEM.png (indexed palette, pixel = class id), STEM.overlay.png, STEM.json and what else was asked for; each file
 * whole or not at all, and STEM.json last.
 * @throws UsageError if the file's name leads out of the folder; as `TaskFiles.write`
 */
export async function writePrediction(
  file: NamedInput,
  segmentation: Segmentation,
  options: PredictionFileOptions,
  files: TaskFiles,
): Promise<ImageReport> {
  checkResultName(file.name, file.path);
  const stem = files.join(options.output, file.name);
  const { labels, colors, classes } = segmentation;
  const paths = { labels: `${stem}${LABELS}`, overlay: `${stem}${OVERLAY}` };
  const reportPath = `${stem}${REPORT}`;
  // The overlay is encoded by other threads; the rest meanwhile by this one. It is written first: where a run ends before the
  // report, it tells a later one that the others are results, too.
  const overlayWritten = files.writeImage(paths.overlay, segmentation.overlay({ opacity: options.opacity }), 'png');
  const write: TaskFiles['write'] = async (path, content) => {
    await overlayWritten;
    await files.write(path, content);
  };
  const writeLabels = async () => write(paths.labels, encodeLabelPng(labels, colors));
  const [, others] = await allOrFirstFailure([
    overlayWritten,
    writeOthers(file, stem, segmentation, options, { ...files, write }),
    writeLabels(),
  ]);
  const report: ImageReport = {
    image: file.path,
    width: labels.width,
    height: labels.height,
    model: options.model,
    provider: options.provider,
    classes,
    outputs: { ...paths, ...others, report: reportPath },
  };
  const kept: ImageReport = { ...report, image: files.absolute(file.path) };
  await files.write(reportPath, new TextEncoder().encode(`${JSON.stringify(kept, null, 2)}\n`));
  return report;
}

/** Arrays and further formats; gives their paths by what they hold. */
async function writeOthers(
  file: NamedInput,
  stem: string,
  segmentation: Segmentation,
  options: PredictionFileOptions,
  files: TaskFiles,
): Promise<Record<string, string | readonly string[]>> {
  const paths: Record<string, string | readonly string[]> = {};
  for (const name of ['probabilities', 'logits'] as const) {
    const array = segmentation[name];
    if (!array || !options[name]) continue;
    const path = `${stem}${ARRAYS[name]}`;
    await files.write(path, encodeNpy(array));
    paths[name] = path;
  }
  if (options.formats.length === 0) return paths;
  const { encodeOutput } = await import('../../inference/outputs/index.ts');
  const context: OutputContext = { ...options.context, image: files.nameOf(file.path), classes: options.classes };
  for (const format of options.formats) {
    const written: string[] = [];
    for (const { suffix, content } of encodeOutput(format, segmentation, context)) {
      const path = `${stem}${suffix}`;
      await files.write(path, content instanceof Uint8Array ? content : encodeNpy(content));
      written.push(path);
    }
    paths[format.name] = written.length === 1 ? (written[0] as string) : written;
  }
  return paths;
}

/** Waits for all, so that nothing is still being written when the failure is told. */
async function allOrFirstFailure<T extends readonly unknown[]>(
  works: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  await Promise.allSettled(works);
  return Promise.all(works) as unknown as Promise<T>;
}
