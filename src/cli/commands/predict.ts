/** `refinenet predict`: photographs to masks, overlays and figures. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import pc from 'picocolors';
import { messageOf, RefineNetError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import type { Preprocessing } from '../../image/preprocess.ts';
import type { Segmentation } from '../../inference/segmentation.ts';
import { Segmenter } from '../../inference/segmenter.ts';
import { backendFor } from '../../platform/node/backend.ts';
import { decodeImage } from '../../platform/node/decode-image.ts';
import { expandInputs } from '../../platform/node/files.ts';
import type { NamedInput } from '../../platform/node/output-names.ts';
import { modelFor, readModelFolder } from '../../platform/node/model-folder.ts';
import type { Device } from '../../runtime/backend.ts';
import { defaultModel } from '../default-model.ts';
import { EXIT } from '../main.ts';
import { fail, note, print, progress, warn } from '../output.ts';
import { device, numberBetween, resizeRule, shard, wholeNumber } from '../parse.ts';
import { type ImageReport, writePrediction } from '../prediction-files.ts';
import type { RegisterCommand } from './index.ts';

interface PredictOptions {
  readonly model?: string;
  readonly output: string;
  readonly device: Device;
  readonly resize?: Pick<Preprocessing, 'resize'>;
  readonly probabilities?: boolean;
  readonly logits?: boolean;
  readonly opacity: number;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly threads?: number;
  readonly pixelLimit?: number;
  readonly json?: boolean;
}

export const registerPredict: RegisterCommand = (program, exit) => {
  program
    .command('predict')
    .description('segment photographs: a mask, an overlay and figures for each')
    .argument('<image...>', 'images, folders or glob patterns')
    .option('--model <folder>', 'the model (default: the shipped one)')
    .option('--output <folder>', 'where results go', 'runs/predict')
    .option('--device <name>', 'cpu, webgpu, cuda, coreml, dml or wasm', device, 'cpu')
    .option(
      '--resize <rule>',
      "size at which images enter the network: none, SHORTER_SIDE or WIDTHxHEIGHT (default: the model's)",
      resizeRule,
    )
    .option('--probabilities', 'also write STEM.probabilities.npy, float32 [classes, height, width]')
    .option('--logits', "also write STEM.logits.npy, the network's own output, float32 [1, classes, h, w]")
    .option('--opacity <number>', 'of the colours in the overlay, 0 to 1', numberBetween('--opacity', 0, 1), 0.5)
    .option('--shard <i/n>', 'only the i-th of n equal parts of the images', shard)
    .option('--threads <count>', 'threads of the engine', wholeNumber('--threads', 1))
    .option('--pixel-limit <count>', 'refuse images with more pixels', wholeNumber('--pixel-limit', 1))
    .option('--json', 'print one JSON object a line instead of text')
    .action(async (inputs: string[], options: PredictOptions) => exit(await predict(inputs, options)));
};

async function predict(inputs: readonly string[], options: PredictOptions): Promise<number> {
  const files = selectShard(await expandInputs(inputs), options.shard);
  const modelPath = options.model ?? (await defaultModel());
  const segmenter = await createSegmenter(modelPath, options);
  note(pc.dim(`${segmenter.description.classes.length} classes, computing on ${segmenter.provider}`));
  const bar = progress(files.length, 'images');
  let failures = 0;
  try {
    for await (const { file, result } of segmentFiles(files, segmenter, options)) {
      try {
        const segmentation = await result;
        const report = await writePrediction(file, segmentation, modelPath, segmenter.provider, options);
        bar.interrupt(() => print(options.json ? JSON.stringify(report) : describe(report)));
      } catch (error) {
        if (!isExpected(error)) throw error;
        failures++;
        bar.interrupt(() => fail(messageOf(error)));
      }
      bar.step(basename(file.path));
    }
  } finally {
    bar.stop();
    await segmenter.dispose();
  }
  if (failures > 0) note(`${failures} of ${files.length} images failed; the others are in ${options.output}.`);
  return failures > 0 ? EXIT.failure : EXIT.success;
}

async function createSegmenter(modelPath: string, options: PredictOptions): Promise<Segmenter> {
  const model = await readModelFolder(modelPath);
  const backend = await backendFor(options.device, warn);
  return Segmenter.create(await modelFor(backend, model), backend, {
    device: options.device,
    confidence: true,
    probabilities: options.probabilities ?? false,
    logits: options.logits ?? false,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.resize === undefined ? {} : { preprocessing: { ...model.preprocessing, ...options.resize } }),
  });
}

interface Segmented {
  readonly file: NamedInput;
  readonly result: Promise<Segmentation>;
}

/** Segments files in order; the next one is decoded while the engine works on the one before. */
async function* segmentFiles(
  files: readonly NamedInput[],
  segmenter: Segmenter,
  options: PredictOptions,
): AsyncGenerator<Segmented> {
  const decode = (file: NamedInput | undefined): Promise<Image> | undefined => {
    const image = file && openFile(file, options);
    // A failure is reported where the result is awaited, which may be later than it happens.
    image?.catch(() => {});
    return image;
  };
  let upcoming = decode(files[0]);
  for (const [index, file] of files.entries()) {
    const image = upcoming as Promise<Image>;
    await image.catch(() => {});
    upcoming = decode(files[index + 1]);
    const result = image
      .then((pixels) => segmenter.segment(pixels))
      .catch((error: unknown) => {
        throw isExpected(error) ? new RefineNetError(withPath(file, messageOf(error)), { cause: error }) : error;
      });
    result.catch(() => {});
    yield { file, result };
  }
}

async function openFile(file: NamedInput, { pixelLimit }: PredictOptions): Promise<Image> {
  return decodeImage(await readFile(file.path), {
    name: file.path,
    ...(pixelLimit === undefined ? {} : { pixelLimit }),
  });
}

function selectShard(files: readonly NamedInput[], part: PredictOptions['shard']): readonly NamedInput[] {
  return part ? files.filter((_, position) => position % part.count === part.index - 1) : files;
}

/** Errors of one image do not end the command: the library's own, and those of the file system. */
function isExpected(error: unknown): boolean {
  return error instanceof RefineNetError || (error instanceof Error && 'syscall' in error);
}

function withPath(file: NamedInput, message: string): string {
  return message.includes(file.path) ? message : `${file.path}: ${message}`;
}

function describe({ image, outputs, classes }: ImageReport): string {
  const shares = classes.slice(0, 4).map(({ label, fraction }) => `${label} ${(100 * fraction).toFixed(1)} %`);
  const rest = classes.length > 4 ? `, ${classes.length - 4} more` : '';
  return `${image}: ${shares.join(', ')}${rest} ${pc.dim(`→ ${outputs.overlay}`)}`;
}
