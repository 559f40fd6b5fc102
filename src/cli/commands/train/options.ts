/** The options of `train`: how they are typed, and the request that they are. */
import type { Command } from 'commander';
import type * as z from 'zod';
import { MIX_NAMES } from '../../../data/mixing/index.ts';
import type { Preprocessing } from '../../../image/preprocess.ts';
import type { EncoderStride } from '../../../models/encoders/encoder.ts';
import type { ImagePooling } from '../../../models/refinenet/definition.ts';
import type { Device } from '../../../runtime/backend.ts';
import { DEFAULT_ARCHITECTURE, DEFAULT_CONFIDENCE, DEFAULT_OUTPUT } from '../../../tasks/train/plan.ts';
import { LOSS_NAMES } from '../../../tasks/train/recipe.ts';
import type { TRAIN_REQUEST } from '../../../tasks/train/request.ts';
import { CROP_RULES, type CropRule } from '../../../training/augmentation.ts';
import { OPTIMIZER_NAMES } from '../../../training/optimizers/index.ts';
import type { TrainingOverrides } from '../../../training/overrides.ts';
import { PRESET_NAMES, PRESETS, type Preset, type PresetName } from '../../../training/presets.ts';
import { SCHEDULE_NAMES, type ScheduleDefinition } from '../../../training/schedules.ts';
import {
  BATCH_NORM_MODES,
  type BatchNormMode,
  LOSS_RESOLUTIONS,
  type LossTerm,
  type OptimizerDefinition,
} from '../../../training/step/types.ts';
import { addDatasetOptions, type DatasetOptions, datasetFields } from '../../dataset-options.ts';
import { addEngineOptions, resizeOption } from '../../common-options.ts';
import { encoderStride, imagePooling, numberFor, oneOf } from '../../parse.ts';
import {
  classWeights,
  colorJitter,
  list,
  loss,
  mixing,
  NONE,
  orNone,
  oversample,
  type Recipe,
  scaleRange,
  schedule,
  widths,
} from './parse-recipe.ts';

/** What was typed. */
export interface TrainOptions extends RecipeOptions, DatasetOptions {
  readonly pseudoLabels?: string;
  readonly confidence?: number;
  readonly architecture?: string;
  readonly network?: string;
  readonly blocks?: number;
  readonly widths?: readonly number[];
  readonly encoderStride?: EncoderStride;
  readonly imagePooling?: ImagePooling;
  readonly dropout?: number;
  readonly weights?: string;
  readonly teacher?: string;
  readonly preset?: PresetName;
  readonly resume?: string;
  readonly output?: string;
  readonly device: Device;
  readonly threads?: number;
  readonly json?: boolean;
}

/** What was typed of a recipe. */
interface RecipeOptions {
  readonly epochs?: number;
  readonly batch?: number;
  readonly crop?: number;
  readonly cropBy?: CropRule;
  readonly resize?: Pick<Preprocessing, 'resize'>;
  readonly scale?: readonly [number, number];
  readonly colorJitter?: TrainingOverrides['colorJitter'];
  readonly mix?: Recipe['mixing'];
  readonly oversample?: Recipe['oversample'];
  readonly views?: number | typeof NONE;
  readonly lr?: number;
  readonly lrEncoder?: number;
  readonly optimizer?: OptimizerDefinition['name'];
  readonly weightDecay?: number;
  readonly schedule?: ScheduleDefinition;
  readonly warmup?: number;
  readonly loss?: readonly LossTerm[];
  readonly lossResolution?: Recipe['lossResolution'];
  readonly classWeights?: TrainingOverrides['classWeights'];
  readonly batchNorm?: BatchNormMode;
  readonly freeze?: readonly string[];
  readonly accumulate?: number;
  readonly clip?: number | typeof NONE;
  readonly average?: number | typeof NONE;
  readonly seed?: number;
  readonly valEvery?: number;
  readonly patience?: number | typeof NONE;
  readonly saveEvery?: number | typeof NONE;
  readonly samplesEvery?: number | typeof NONE;
}

/** Adds all to the command. */
export function addTrainOptions(command: Command): Command {
  command
    .option('--architecture <name>', `the network (default: that of --weights, else ${DEFAULT_ARCHITECTURE})`)
    .option(
      '--network <file>',
      'a network of your own in place of an architecture: a config.json, or its part "refinenet"; --weights of an encoder or of a network with fewer blocks fit into it',
    )
    .option(
      '--blocks <count>',
      'only so many RefineNet blocks, from the coarsest; --weights of a network with fewer grow, finer blocks on coarser ones',
      numberFor('--blocks', 'blocks'),
    )
    .option(
      '--widths <channels>',
      'channels of each path, the coarsest first, such as 256,256,256,256,128,64: finer paths cost most of the time',
      widths,
    )
    .option(
      '--encoder-stride <pixels>',
      'input pixels between neighbors of the coarsest feature: 16 or 8 in place of 32 by dilation, for small objects, at more time',
      encoderStride,
    )
    .option(
      '--image-pooling [form]',
      "let the coarsest path also see the mean of its features, what the image is of as a whole: summed (the option's form when it is given alone) or projected",
      imagePooling,
    )
    .option(
      '--dropout <probability>',
      "share of the coarse features' elements that are 0 in a step, up to 0.95 (default: the architecture's)",
      numberFor('--dropout', 'dropout'),
    )
    .option('--weights <path>', "a checkpoint or model folder to start from: an encoder's or a whole network's")
    .option('--teacher <model>', 'a model of the same classes that the loss distill learns from, forward only')
    .option(
      '--preset <name>',
      `the recipe: ${PRESET_NAMES.join(', ')} (default: fine-tune with --weights, else default)`,
      oneOf('--preset', PRESET_NAMES),
    )
    .option('--resume <run>', 'go on with an interrupted run exactly as if it had not been')
    .option('--output <folder>', `the run's folder (default: ${DEFAULT_OUTPUT}, ${DEFAULT_OUTPUT}2, ...)`);
  addDatasetOptions(command)
    .option(
      '--pseudo-labels <folder>',
      'also train on the images that predict wrote masks of into this folder (their names begin with pseudo/)',
    )
    .option(
      '--confidence <share>',
      `least confidence of their pixels that is learned from; predict them with --format confidence (default: ${DEFAULT_CONFIDENCE})`,
      numberFor('--confidence', 'confidence'),
    );
  return addEngineOptions(addRecipeOptions(command))
    .option('--json', 'print the result as JSON')
    .addHelpText('after', presetsHelp);
}

/** What a recipe has where an option is left out. */
function presetsHelp(): string {
  const lines = PRESET_NAMES.map((name) => {
    const { epochs, batch, crop, rates, schedule, step }: Preset = PRESETS[name];
    const rising = schedule.warmup > 0 ? `, --warmup ${schedule.warmup} (at most a tenth of the run)` : '';
    return `  ${name}: --epochs ${epochs} --batch ${batch} --crop ${crop} --lr ${rates.decoder} --lr-encoder ${rates.encoder}, ${step.optimizer.name}, ${schedule.name}${rising}`;
  });
  return `\nWhat is left out is the preset's:\n${lines.join('\n')}`;
}

/** Adds those of the recipe. None has a default: what is not typed is the preset's, or the resumed run's. */
function addRecipeOptions(command: Command): Command {
  return command
    .option('--epochs <count>', 'passes over the training images', numberFor('--epochs', 'epochs'))
    .option('--batch <count>', 'images a step', numberFor('--batch', 'batch'))
    .option('--crop <pixels>', 'side of the square that the network sees', numberFor('--crop', 'crop'))
    .option(
      '--crop-by <rule>',
      'where squares are cut: random, or class: around a pixel of a random class that the image has, so that rare ones are seen as often',
      oneOf('--crop-by', CROP_RULES),
    )
    .addOption(resizeOption('the model sees images, here and when it predicts', 'none'))
    .option('--scale <range>', 'least and most by which images are resized at random, such as 0.5,2', scaleRange)
    .option(
      '--color-jitter <strengths>',
      'most by which brightness, contrast, saturation (0 to 1) and hue (0 to 0.5) change, such as 0.4,0.4,0.4,0.05, or none',
      colorJitter,
    )
    .option(
      '--mix <names>',
      `paste parts of other images: ${MIX_NAMES.join(', ')}, with probabilities such as cutmix:0.5,classmix:0.3, and what counts as background, such as copy-paste:0.5:common`,
      mixing,
    )
    .option(
      '--oversample <rules>',
      "how often images stand in an epoch, such as 'coco-*:4', or rare: those of rare classes more often; or both, separated by commas",
      oversample,
    )
    .option(
      '--views <count>',
      'augmented views of each image, remembered as the frozen part of the network (--freeze) leaves them, or none: new ones every epoch',
      orNone(numberFor('--views', 'views')),
    )
    .option(
      '--lr <rate>',
      'learning rate of the decoder; the encoder keeps its proportion',
      numberFor('--lr', 'learningRate'),
    )
    .option('--lr-encoder <rate>', 'learning rate of the encoder', numberFor('--lr-encoder', 'encoderLearningRate'))
    .option('--optimizer <name>', OPTIMIZER_NAMES.join(', '), oneOf('--optimizer', OPTIMIZER_NAMES))
    .option('--weight-decay <number>', "the optimizer's", numberFor('--weight-decay', 'weightDecay'))
    .option('--schedule <name>', `${SCHEDULE_NAMES.join(', ')}; multi-step:30:60 lowers after these epochs`, schedule)
    .option('--warmup <updates>', 'updates over which the rate rises', numberFor('--warmup', 'warmup'))
    .option(
      '--loss <names>',
      `${LOSS_NAMES.join(', ')}, or a sum such as cross-entropy+dice:0.5; distill:0.5:2 at temperature 2`,
      loss,
    )
    .option(
      '--loss-resolution <name>',
      `where scores and labels meet, of which sample-labels takes the least time: ${LOSS_RESOLUTIONS.join(', ')}`,
      oneOf('--loss-resolution', LOSS_RESOLUTIONS),
    )
    .option('--class-weights <weights>', 'none, auto (more for rare classes), or a list such as 1,2,0.5', classWeights)
    .option('--batch-norm <mode>', BATCH_NORM_MODES.join(', '), oneOf('--batch-norm', BATCH_NORM_MODES))
    .option(
      '--freeze <patterns>',
      'parameters that do not train, such as encoder.* or encoder.layer1.*,encoder.conv1.*',
      list,
    )
    .option(
      '--accumulate <count>',
      'batches whose gradients are averaged for one update',
      numberFor('--accumulate', 'accumulate'),
    )
    .option('--clip <norm>', 'largest norm of the gradients, or none', orNone(numberFor('--clip', 'clipNorm')))
    .option(
      '--average <decay>',
      'moving average of the weights, such as 0.999, or none',
      orNone(numberFor('--average', 'averageDecay')),
    )
    .option('--seed <number>', 'for weights, order, augmentation and dropout', numberFor('--seed', 'seed'))
    .option('--val-every <epochs>', 'epochs between validations', numberFor('--val-every', 'validateEvery'))
    .option(
      '--patience <count>',
      'validations without gain before it ends, or none',
      orNone(numberFor('--patience', 'patience')),
    )
    .option(
      '--save-every <updates>',
      'checkpoints within an epoch, or none',
      orNone(numberFor('--save-every', 'saveEvery')),
    )
    .option(
      '--samples-every <epochs>',
      'sheets of predictions, or none',
      orNone(numberFor('--samples-every', 'samplesEvery')),
    );
}

/** What they ask for. */
export function trainRequest(dataset: string | undefined, options: TrainOptions): z.input<typeof TRAIN_REQUEST> {
  const { pseudoLabels, confidence, architecture, network, blocks, widths, weights, teacher, preset, resume } = options;
  const { output, device, threads, encoderStride, imagePooling, dropout } = options;
  return {
    dataset,
    ...datasetFields(options),
    pseudoLabels,
    confidence,
    architecture,
    network,
    blocks,
    widths: widths && [...widths],
    encoderStride,
    imagePooling,
    dropout,
    weights,
    teacher,
    preset,
    resume,
    output,
    device,
    threads,
    ...recipeFields(options),
  };
}

function recipeFields(options: RecipeOptions) {
  const { epochs, batch, crop, cropBy, resize, scale, colorJitter, optimizer, weightDecay, schedule, warmup } = options;
  const { loss, lossResolution, classWeights, batchNorm, freeze, accumulate, seed } = options;
  return {
    epochs,
    batch,
    crop,
    cropBy,
    resize: resize?.resize,
    scale: scale && ([...scale] as [number, number]),
    colorJitter,
    mixing: options.mix,
    oversample: options.oversample,
    views: orNull(options.views),
    learningRate: options.lr,
    encoderLearningRate: options.lrEncoder,
    optimizer,
    weightDecay,
    schedule: schedule as Recipe['schedule'],
    warmup,
    loss: loss && [...loss],
    lossResolution,
    classWeights: typeof classWeights === 'object' ? [...classWeights] : classWeights,
    batchNorm,
    freeze: freeze && [...freeze],
    accumulate,
    clipNorm: orNull(options.clip),
    averageDecay: orNull(options.average),
    seed,
    validateEvery: options.valEvery,
    patience: orNull(options.patience),
    saveEvery: orNull(options.saveEvery),
    samplesEvery: orNull(options.samplesEvery),
  };
}

/** null for what is turned off, as recipes have it. */
function orNull(value: number | typeof NONE | undefined): number | null | undefined {
  return value === NONE ? null : value;
}
