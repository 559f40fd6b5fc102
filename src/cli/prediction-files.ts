/** What `predict` writes for one photograph. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeLabelPng } from '../image/png.ts';
import type { SegmentedClass, Segmentation } from '../inference/segmentation.ts';
import { encodeImage } from '../platform/node/encode-image.ts';
import { writeFileAtomically } from '../platform/node/files.ts';
import type { NamedInput } from '../platform/node/output-names.ts';
import { encodeNpy } from '../platform/node/npy.ts';

/** The content of STEM.json, and what `--json` prints. */
export interface ImageReport {
  readonly image: string;
  readonly width: number;
  readonly height: number;
  readonly model: string;
  readonly provider: string;
  /** Classes found, most frequent first. */
  readonly classes: readonly SegmentedClass[];
  /** The files written, by what they hold. */
  readonly outputs: Readonly<Record<string, string>> & { readonly labels: string; readonly overlay: string };
}

export interface PredictionFileOptions {
  readonly output: string;
  readonly opacity: number;
}

/**
 * Writes STEM.png (indexed palette, pixel = class id), STEM.overlay.png, STEM.json and the arrays that were asked for;
 * each file whole or not at all.
 */
export async function writePrediction(
  file: NamedInput,
  segmentation: Segmentation,
  model: string,
  provider: string,
  { output, opacity }: PredictionFileOptions,
): Promise<ImageReport> {
  const stem = join(output, file.name);
  await mkdir(dirname(stem), { recursive: true });
  const { labels, colors, probabilities, logits } = segmentation;
  const contents: Record<string, { path: string; bytes: Uint8Array | readonly Uint8Array[] }> = {
    labels: { path: `${stem}.png`, bytes: encodeLabelPng(labels, colors) },
    overlay: { path: `${stem}.overlay.png`, bytes: await encodeImage(segmentation.overlay({ opacity }), 'png') },
    ...(probabilities && {
      probabilities: { path: `${stem}.probabilities.npy`, bytes: encodeNpy(probabilities) },
    }),
    ...(logits && { logits: { path: `${stem}.logits.npy`, bytes: encodeNpy(logits) } }),
  };
  const paths = Object.fromEntries(Object.entries(contents).map(([kind, { path }]) => [kind, path]));
  const report: ImageReport = {
    image: file.path,
    width: labels.width,
    height: labels.height,
    model,
    provider,
    classes: segmentation.classes,
    outputs: { ...paths, report: `${stem}.json` } as unknown as ImageReport['outputs'],
  };
  for (const { path, bytes } of Object.values(contents)) await writeFileAtomically(path, bytes);
  await writeFileAtomically(`${stem}.json`, new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`));
  return report;
}
