/** `refinenet predict`: photographs to masks, overlays and figures. */
import { readFile } from 'node:fs/promises';
import type { Image } from '../../../image/image.ts';
import { expandInputs } from '../../../platform/node/files.ts';
import type { NamedInput } from '../../../platform/node/output-names.ts';
import type { Backend, Device } from '../../../runtime/backend.ts';
import { warn } from '../../output.ts';
import { numberBetween, oneOf, shard, wholeNumber } from '../../parse.ts';
import { FORMAT_NAMES, formatNames, REGIONS, type Regions } from './options.ts';
import { addRunOptions, type RunOptions } from '../../run-options.ts';
import { SHIPPED_MODELS } from '../../../platform/node/model-location.ts';
import type { RegisterCommand } from '../register-command.ts';

export interface PredictOptions extends RunOptions {
  readonly model?: string;
  readonly output: string;
  readonly probabilities?: boolean;
  readonly logits?: boolean;
  readonly format?: readonly string[];
  readonly regions?: Regions;
  readonly minimumPixels?: number;
  readonly tolerance?: number;
  readonly opacity: number;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly pixelLimit?: number;
  readonly json?: boolean;
}

export const registerPredict: RegisterCommand = (program, exit) => {
  const command = program
    .command('predict')
    .description('segment photographs: a mask, an overlay and figures for each')
    .argument('<image...>', 'images, folders or glob patterns')
    .option(
      '--model <folder>',
      `the model: a folder, or the name of a shipped one, ${SHIPPED_MODELS.join(' or ')} (default: ${SHIPPED_MODELS[0]})`,
    )
    .option('--output <folder>', 'where results go', 'runs/predict');
  addRunOptions(command)
    .option('--probabilities', 'also write STEM.probabilities.npy, float32 [classes, height, width]')
    .option('--logits', "also write STEM.logits.npy, the network's own output, float32 [1, classes, h, w]")
    .option('--format <names>', `also write, separated by commas: ${FORMAT_NAMES.join(', ')}`, formatNames)
    .option('--regions <kind>', `what these list: each ${REGIONS.join(' or each ')}`, oneOf('--regions', REGIONS))
    .option('--minimum-pixels <count>', 'leave smaller regions out of them', wholeNumber('--minimum-pixels', 1))
    .option(
      '--tolerance <pixels>',
      'how far polygons may stray from edges (default: 0)',
      numberBetween('--tolerance', 0, 1000),
    )
    .option('--opacity <number>', 'of the colours in the overlay, 0 to 1', numberBetween('--opacity', 0, 1), 0.5)
    .option('--shard <i/n>', 'only the i-th of n equal parts of the images', shard)
    .option('--pixel-limit <count>', 'refuse images with more pixels', wholeNumber('--pixel-limit', 1))
    .option('--json', 'print one JSON object a line instead of text')
    .action(async (inputs: string[], options: PredictOptions) => exit(await predict(inputs, options)));
};

/** What takes longest to load begins first: the engine in its thread, the first image in the decoder's. */
async function predict(inputs: readonly string[], options: PredictOptions): Promise<number> {
  const files = selectShard(await expandInputs(inputs, { onPassedOver: warn }), options.shard);
  const backend = expected(openEngine(files.length, options.device));
  const first = files[0] && expected(openFile(files[0], options));
  const { predictFiles } = await import('./predict-files.ts');
  return predictFiles(files, options, {
    backend,
    open: (file) => (file === files[0] && first ? first : openFile(file, options)),
  });
}

/** A thread of its own pays when there is other work meanwhile. */
async function openEngine(images: number, name: Device): Promise<Backend> {
  if (images <= 1) return (await import('../../../platform/node/backend.ts')).backendFor(name, warn);
  return (await import('../../../platform/node/engine-thread.ts')).threadedBackend(name, warn);
}

async function openFile(file: NamedInput, { pixelLimit }: PredictOptions): Promise<Image> {
  const [bytes, { decodeImage }] = await Promise.all([
    readFile(file.path),
    import('../../../platform/node/decode-image.ts'),
  ]);
  return decodeImage(bytes, { name: file.path, ...(pixelLimit === undefined ? {} : { pixelLimit }) });
}

/** A failure is told where the result is awaited, which may be later than it happens. */
function expected<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function selectShard(files: readonly NamedInput[], part: PredictOptions['shard']): readonly NamedInput[] {
  return part ? files.filter((_, position) => position % part.count === part.index - 1) : files;
}
