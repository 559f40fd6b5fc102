/** Batches for training: shuffled, augmented, made ahead of the step, and the same again for the same seed and position. */
import { ShapeError, UsageError } from '../errors.ts';
import { fillPixelValues, type Preprocessing } from '../image/preprocess.ts';
import { randomStream } from '../tensor/random.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { mapAhead } from './concurrency.ts';
import type { Dataset } from './dataset.ts';
import type { DecodeImage } from './file-source.ts';
import { type Epoch, exampleMaker, shuffledEpoch } from './epoch.ts';
import type { MixRecipe } from './mixing/index.ts';
import { readSample } from './read-sample.ts';
import type { LabeledImage, Sample } from './sample.ts';
import { SampleCache } from './sample-cache.ts';
import { imagesPerEpoch } from './sampling.ts';
import type { TransformRecipe } from './transforms/index.ts';

/** Where a run stands. All randomness follows from it. */
export interface LoaderState {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Batches of the epoch that are done. */
  readonly position: number;
}

/** Samples of a split, augmented and brought to the form in which a training step takes them. */
export interface Batch {
  /** [N, 3, height, width], normalized as the preprocessing says. */
  readonly images: Tensor<'float32'>;
  /** [N, height, width], class ids and 255 for ignore. */
  readonly labels: Tensor<'uint8'>;
  /** The samples' names, in the batch's order. */
  readonly names: readonly string[];
  readonly epoch: number;
  /** The batch's place in its epoch, or in this part of it, from 0. */
  readonly position: number;
  /** Where the run stands when this batch has been used: what a checkpoint keeps. */
  readonly next: LoaderState;
}

/** What batches are made of, and how much is made and kept ahead. */
export interface LoaderOptions {
  readonly dataset: Dataset;
  readonly split: string;
  readonly batch: number;
  /** The size must come out the same for all samples of a batch: end with a crop, or use batches of one. */
  readonly augmentation: TransformRecipe;
  /** What is pasted into samples of others, after their augmentation; nothing when left out. */
  readonly mixing?: MixRecipe;
  /** How often each sample of the split stands in an epoch, on average; once when left out. */
  readonly times?: readonly number[];
  /** Only its numbers count; the size is the augmentation's business. */
  readonly preprocessing: Pick<Preprocessing, 'rescaleFactor' | 'mean' | 'std'>;
  readonly decodeImage: DecodeImage;
  /** Whether an epoch's last batch is left out if it is not full. Default true. */
  readonly dropLast?: boolean;
  /** Batches in the making while one is used, at least 1. Default 2. */
  readonly ahead?: number;
  /** Bytes of decoded samples that are kept in memory. Default 512 MiB. */
  readonly cacheBytes?: number;
  /** Which part of each epoch's batches is loaded; all of them when left out. */
  readonly shard?: Shard;
}

/**
 * A part of the batches, for one of several machines: of every `count` in the order that the seed gives, the one at `index`. All
 * parts of an epoch have as many; what is left over at its end is not used.
 */
export interface Shard {
  /** A number from 0 up to, not including, `count`. */
  readonly index: number;
  readonly count: number;
}

const WHOLE: Shard = { index: 0, count: 1 };

/** Makes batches of a split, the same for the same seed and place. */
export interface Loader {
  /** Samples in the split, however often `times` takes each in an epoch. */
  readonly samples: number;
  /** How many its part has, where it loads one. */
  readonly batchesPerEpoch: number;
  /** Endless batches from a state on, epoch after epoch. Ending the loop ends the work ahead. */
  batches(state: LoaderState): AsyncGenerator<Batch, void, undefined>;
}

const DEFAULT_CACHE = 512 << 20;

/**
 * Makes the loader of a split. Nothing is read before batches are asked for.
 * @throws UsageError if an option is out of range, the recipe does not fit, or an epoch would have no batch.
 */
export function createLoader(options: LoaderOptions): Loader {
  const { dataset, split, batch, ahead = 2, shard = WHOLE } = options;
  const samples = dataset.samples(split);
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new UsageError(`The batch size is ${batch}. Choose a whole number of at least 1.`);
  if (!Number.isSafeInteger(ahead) || ahead < 1)
    throw new UsageError(`Batches made ahead are ${ahead}. Choose a whole number of at least 1.`);
  checkShard(shard);
  const batchesPerEpoch = batchesOf(options, imagesOf(options, samples));
  if (batchesPerEpoch === 0) {
    const wanted = shard.count === 1 ? `a batch of ${batch}` : `${shard.count} machines' batches of ${batch}`;
    throw new UsageError(
      `${dataset.name}: the split ${split} has ${samples.length} samples, too few for ${wanted}. Lower the batch size or set dropLast to false.`,
    );
  }
  const make = batchMaker(options, samples);
  return {
    samples: samples.length,
    batchesPerEpoch,
    async *batches(state) {
      checkState(state, batchesPerEpoch);
      yield* mapAhead(places(state, batchesPerEpoch), ahead, make);
    },
  };
}

/** How many images an epoch has. */
function imagesOf({ dataset, split, times }: LoaderOptions, samples: readonly Sample[]): number {
  if (times === undefined) return samples.length;
  if (times.length === samples.length) return imagesPerEpoch(times);
  throw new UsageError(
    `${dataset.name}: the split ${split} has ${samples.length} samples, but how often they stand in an epoch is said of ${times.length}.`,
  );
}

/** How many batches of an epoch are loaded. */
function batchesOf({ batch, dropLast = true, shard = WHOLE }: LoaderOptions, images: number): number {
  const all = dropLast ? Math.floor(images / batch) : Math.ceil(images / batch);
  return Math.floor(all / shard.count);
}

function checkShard({ index, count }: Shard): void {
  if (Number.isSafeInteger(count) && Number.isSafeInteger(index) && index >= 0 && index < count) return;
  throw new UsageError(`There is no part ${index} of ${count}. Parts are counted from 0, below their number.`);
}

function checkState({ seed, epoch, position }: LoaderState, batchesPerEpoch: number): void {
  randomStream(seed);
  const isSound = Number.isSafeInteger(epoch) && epoch >= 0 && Number.isSafeInteger(position) && position >= 0;
  if (isSound && position <= batchesPerEpoch) return;
  throw new UsageError(
    `A run cannot go on from epoch ${epoch}, batch ${position}: an epoch has ${batchesPerEpoch} batches. Has the data set or the batch size changed since?`,
  );
}

function* places(
  { seed, epoch, position }: LoaderState,
  batchesPerEpoch: number,
): Generator<LoaderState, void, undefined> {
  for (let current = epoch; ; current++) {
    const start = current === epoch ? position : 0;
    for (let index = start; index < batchesPerEpoch; index++) yield { seed, epoch: current, position: index };
  }
}

function batchMaker(options: LoaderOptions, samples: readonly Sample[]): (place: LoaderState) => Promise<Batch> {
  const { dataset, batch, decodeImage, cacheBytes = DEFAULT_CACHE, shard = WHOLE } = options;
  const batchesPerEpoch = batchesOf(options, imagesOf(options, samples));
  const cache = new SampleCache(cacheBytes, (index) => readSample(dataset, samples[index] as Sample, decodeImage));
  const make = exampleMaker(options, cache);
  const preprocessing: Preprocessing = { ...options.preprocessing, resize: null, resample: 'bilinear' };
  let current: Epoch | undefined;
  return async ({ seed, epoch, position }) => {
    if (current?.epoch !== epoch || current.seed !== seed) {
      current = shuffledEpoch(samples.length, options.times, { seed, epoch });
    }
    const ofEpoch = current;
    const place = position * shard.count + shard.index;
    const entries = ofEpoch.entries.slice(place * batch, (place + 1) * batch);
    const examples = await Promise.all(entries.map((entry) => make(entry, ofEpoch)));
    const names = entries.map(({ index }) => (samples[index] as Sample).name);
    const isLast = position + 1 === batchesPerEpoch;
    return {
      ...stack(examples, names, preprocessing),
      names,
      epoch,
      position,
      next: { seed, epoch: isLast ? epoch + 1 : epoch, position: isLast ? 0 : position + 1 },
    };
  };
}

/** @throws ShapeError naming the sample that differs in size from the first. */
function stack(
  examples: readonly LabeledImage[],
  names: readonly string[],
  preprocessing: Preprocessing,
): Pick<Batch, 'images' | 'labels'> {
  const { width, height } = (examples[0] as LabeledImage).image;
  const plane = width * height;
  const images = new Float32Array(examples.length * 3 * plane);
  const labels = new Uint8Array(examples.length * plane);
  for (const [index, example] of examples.entries()) {
    const { image } = example;
    if (image.width !== width || image.height !== height) {
      throw new ShapeError(
        `A batch takes one size, but after augmentation ${names[index]} is ${image.width}x${image.height} and ${names[0]} ${width}x${height}. ` +
          'End the recipe with pad and crop, or with resize, or use batches of one.',
      );
    }
    fillPixelValues(image, preprocessing, images, index * 3 * plane);
    labels.set(example.labels.data, index * plane);
  }
  return {
    images: tensor('float32', [examples.length, 3, height, width], images),
    labels: tensor('uint8', [examples.length, height, width], labels),
  };
}
