/** `refinenet predict clip.mp4`: what of the command is about videos. */
import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { messageOf, RefineNetError, UsageError } from '../../../errors.ts';
import { isBucketPath } from '../../../platform/node/buckets/address.ts';
import { isLocalFile } from '../../../platform/node/ffmpeg/sources.ts';
import { stemWithin, withDistinctNames } from '../../../platform/node/output-names.ts';
import type { VideoEvent, VideoResult } from '../../../tasks/predict/video/predict-video.ts';
import type { NamedInput } from '../../../tasks/task-files.ts';
import { count, percent } from '../../../text.ts';
import { EXIT } from '../../exit.ts';
import { interruptible } from '../../interruption.ts';
import { fail, note, print, warn } from '../../output.ts';
import { progressBars } from '../../progress-bars.ts';
import { runFields } from '../../run-options.ts';
import { videosOf } from './is-video.ts';
import type { PredictOptions } from './options.ts';

/** Options that are of images alone. */
const OF_IMAGES = {
  probabilities: '--probabilities',
  logits: '--logits',
  format: '--format',
  regions: '--regions',
  minimumPixels: '--minimum-pixels',
  tolerance: '--tolerance',
  shard: '--shard',
  pixelLimit: '--pixel-limit',
  queue: '--queue',
} as const satisfies Partial<Record<keyof PredictOptions, string>>;

/**
 * Segments videos one after the other; a damaged one does not end the work on the others.
 * @returns the exit code, and whether the work was ended by the user.
 * @throws UsageError if options are given that videos do not have, or files are not there.
 */
export async function predictVideos(
  inputs: readonly string[],
  options: PredictOptions,
): Promise<{ readonly code: number; readonly isInterrupted: boolean }> {
  checkOptions(options);
  const videos = namedVideos(videosOf(inputs));
  const [{ predictVideoTask }, { nodeTaskFiles }, { ffmpegTools }, { threadedBackend }, { ffmpegAbilities }] =
    await Promise.all([
      import('../../../tasks/predict/video/predict-video.ts'),
      import('../../../platform/node/task-files.ts'),
      import('../../../platform/node/ffmpeg/video-tools.ts'),
      import('../../../platform/node/engine-thread/thread.ts'),
      import('../../../platform/node/ffmpeg/ffmpeg.ts'),
    ]);
  // Without it none can be read, which is said once.
  await ffmpegAbilities();
  let [failures, begun] = [0, 0];
  let isInterrupted = false;
  for (const { path: video, name } of videos) {
    const report = videoReport(options.json ?? false);
    begun++;
    try {
      const { model, output, opacity, every, smooth, masks } = options;
      const request = { ...runFields(options), model, output, opacity, every, smooth, masks, video, name };
      const result = await predictVideoTask.run(request, {
        backend: (device) => threadedBackend(device, warn),
        files: nodeTaskFiles,
        video: ffmpegTools,
        signal: report.signal,
        onEvent: report.onEvent,
      });
      report.end();
      report.conclude(result);
      if (result.status === 'interrupted') return { code: EXIT.failure, isInterrupted: true };
    } catch (error) {
      report.end();
      if (videos.length === 1 || !(error instanceof RefineNetError)) throw error;
      fail(messageOf(error));
      failures++;
    }
    isInterrupted = report.signal.aborted;
    if (isInterrupted) break;
  }
  if (failures > 0) note(`${failures} of ${count(videos.length, 'video')} failed.`);
  const isWhole = failures === 0 && begun === videos.length;
  return { code: isWhole ? EXIT.success : EXIT.failure, isInterrupted };
}

function checkOptions(options: PredictOptions): void {
  const names = Object.entries(OF_IMAGES).filter(([name]) => options[name as keyof PredictOptions] !== undefined);
  if (isBucketPath(options.output)) {
    throw new UsageError(`--output ${options.output}: videos are not written into buckets. Name a folder.`);
  }
  if (names.length === 0) return;
  throw new UsageError(
    `${names.map(([, option]) => option).join(', ')}: of images alone. Videos have --every, --smooth, --masks and --opacity.`,
  );
}

/** Each with a name for its results. @throws UsageError naming every file that is not there. */
function namedVideos(videos: readonly string[]): readonly NamedInput[] {
  const remote = videos.filter((video) => isBucketPath(video));
  if (remote.length > 0) {
    throw new UsageError(`${remote.join(', ')}: videos are not read out of buckets. Copy them to this machine first.`);
  }
  const missing = videos.filter((video) => isLocalFile(video) && !statSync(video, { throwIfNoEntry: false }));
  if (missing.length > 0) {
    const where = `Check the path (the working folder is ${resolve('.')}).`;
    throw new UsageError(missing.map((video) => `${video}: no such video. ${where}`).join('\n'));
  }
  return withDistinctNames(
    [...new Set(videos)].map((path) => ({
      path,
      name: isLocalFile(path) ? stemWithin(dirname(path), path) : nameOfAddress(path),
    })),
  );
}

/** The last part of an address or a device's name, of letters that every disk takes: `video0`, `front-door`. */
function nameOfAddress(address: string): string {
  const path = address.replace(/[?#].*$/, '').replace(/\.\w{1,5}$/, '');
  const last = path.split(/[/\\:=]/).findLast((part) => /\w/.test(part)) ?? '';
  return last.replace(/[^\p{Letter}\p{Number}._-]+/gu, '-').replace(/^[-.]+/, '') || 'video';
}

function videoReport(json: boolean) {
  const interruption = interruptible('\nEnding; what is done so far is kept. Ctrl-C again ends at once.');
  const bars = progressBars();
  return {
    signal: interruption.signal,
    onEvent(event: VideoEvent) {
      if (event.type === 'warning') bars.interrupt(() => warn(event.message));
      else if (event.type === 'model') {
        note(`${event.classes} classes, computing on ${event.provider}`);
        interruption.begin();
      } else bars.show({ ...event, name: basename(event.name) });
    },
    conclude(result: VideoResult) {
      print(json ? JSON.stringify(result) : describe(result));
      if (result.status === 'interrupted')
        note('Interrupted: what is done is kept under names with "partial" in them.');
    },
    end() {
      bars.stop();
      interruption.release();
    },
  };
}

function describe({ video, frames, segmented, seconds, outputs }: VideoResult): string {
  const speed = `${(frames / Math.max(seconds, 1e-3)).toFixed(1)} frames a second`;
  const share = segmented === frames ? '' : `, ${segmented} of them segmented (${percent(segmented / frames, 0)})`;
  return `${video}: ${count(frames, 'frame')}${share}, ${speed} → ${outputs.overlay}`;
}
