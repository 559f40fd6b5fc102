/** `refinenet predict`: images, and frames of videos, to masks, overlays and figures. */
import type { Image } from '../../../image/image.ts';
import { isBucketPath } from '../../../platform/node/buckets/address.ts';
import { withBuckets } from '../../../platform/node/buckets/files.ts';
import { expandInputs } from '../../../platform/node/files.ts';
import type { Backend, Device } from '../../../runtime/backend.ts';
import { inShard } from '../../../tasks/predict/shard.ts';
import type { NamedInput } from '../../../tasks/task-files.ts';
import { EXIT } from '../../exit.ts';
import { note, warn } from '../../output.ts';
import type { RegisterCommand } from '../register-command.ts';
import { isVideo } from './is-video.ts';
import { addPredictOptions, assertNoVideoOptions, type PredictOptions, predictRequest } from './options.ts';

export const registerPredict: RegisterCommand = (program, exit) => {
  const command = program
    .command('predict')
    .description('segment images: a mask, an overlay and figures for each')
    .argument('<image...>', 'images, folders or glob patterns; videos, cameras and streams where ffmpeg is installed');
  addPredictOptions(command).action(async (inputs: string[], options: PredictOptions) =>
    exit(await predictAll(inputs, options)),
  );
};

/** Videos first, then images. */
async function predictAll(inputs: readonly string[], options: PredictOptions): Promise<number> {
  const videos = inputs.filter(isVideo);
  const images = inputs.filter((input) => !isVideo(input));
  let code = 0;
  if (videos.length === 0) assertNoVideoOptions(options);
  else {
    const done = await (await import('./videos.ts')).predictVideos(videos, options);
    if (done.isInterrupted && images.length > 0) {
      note(`The images after it were not begun: ${images.join(', ')}.`);
      return EXIT.failure;
    }
    code = done.code;
  }
  if (images.length === 0) return code;
  const work = options.queue === undefined ? predict(images, options) : enqueue(images, options, options.queue);
  return Math.max(code, await work);
}

/** What takes longest to load begins first: the engine in its thread, the first image in the decoder's. */
async function predict(inputs: readonly string[], options: PredictOptions): Promise<number> {
  const images = await listImages(inputs);
  const [first, ...others] = inShard(images, options.shard);
  const backend = expected(openEngine(others.length + 1, options.device));
  const opened = first && expected(openImage(first, options));
  const [{ predictTask }, { nodeTaskFiles }, { predictReport }] = await Promise.all([
    import('../../../tasks/predict/predict.ts'),
    import('../../../platform/node/task-files.ts'),
    import('./report.ts'),
  ]);
  const report = predictReport(options);
  const files = withBuckets(nodeTaskFiles);
  try {
    const result = await predictTask.run(predictRequest(inputs, options), {
      backend: () => backend,
      files: {
        ...files,
        listImages: async () => images,
        openImage: (path, limits) => (path === first?.path && opened ? opened : files.openImage(path, limits)),
      },
      signal: report.signal,
      onEvent: report.onEvent,
    });
    return report.conclude(result);
  } finally {
    report.end();
  }
}

/** The images are segmented elsewhere; here they are watched. */
async function enqueue(inputs: readonly string[], options: PredictOptions, queue: string): Promise<number> {
  const [{ submit }, { nodeTaskFiles }, { predictReport }] = await Promise.all([
    import('../../../worker/submit.ts'),
    import('../../../platform/node/task-files.ts'),
    import('./report.ts'),
  ]);
  const ending =
    '\nEnding; what no worker has begun is taken out of the queue. Ctrl-C again ends at once, and leaves it there.';
  const report = predictReport({ ...options, ending });
  try {
    report.begin();
    const { signal, onEvent } = report;
    return report.conclude(
      await submit(predictRequest(inputs, options), queue, { files: withBuckets(nodeTaskFiles), signal, onEvent }),
    );
  } finally {
    report.end();
  }
}

/** A thread of its own pays when there is other work meanwhile. */
async function openEngine(images: number, name: Device): Promise<Backend> {
  if (images <= 1) return (await import('../../../platform/node/backend.ts')).backendFor(name, warn);
  return (await import('../../../platform/node/engine-thread/thread.ts')).threadedBackend(name, warn);
}

/** Lists them as the files of tasks do, which are loaded for buckets alone. */
async function listImages(inputs: readonly string[]): Promise<readonly NamedInput[]> {
  return inputs.some(isBucketPath)
    ? (await bucketFiles()).listImages(inputs, warn)
    : expandInputs(inputs, { onPassedOver: warn });
}

const bucketFiles = async () => withBuckets((await import('../../../platform/node/task-files.ts')).nodeTaskFiles);

/** Opens it as the files of tasks do, but before these are loaded. */
async function openImage(file: NamedInput, { pixelLimit }: PredictOptions): Promise<Image> {
  if (isBucketPath(file.path)) return (await bucketFiles()).openImage(file.path, { pixelLimit });
  const { openImageFile } = await import('../../../platform/node/open-image-file.ts');
  return openImageFile(file.path, { pixelLimit });
}

/** A failure is told where the result is awaited, which may be later than it happens. */
function expected<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
