/** The training that runs in the page, or ran last. */
import { computed, signal } from '@preact/signals';
import type { LabelMap } from 'refinenet/web';
import {
  type FollowOptions,
  type LabeledImage,
  type PageValidation,
  resumeTraining,
  type TrainedModel,
  trainModel,
} from 'refinenet/web/training';
import { type LabeledPhoto, type Split, splitsOf } from '../label/dataset.ts';
import { classes, touched } from '../label/labeling.ts';
import { isAbort, messageOf } from '../state/messages.ts';
import { model } from '../state/models.ts';
import { type StringKey, t } from '../strings/index.ts';

export const epochs = signal(20);
/** Side of the squares that are learned from, in pixels. */
export const crop = signal(128);
export const isTraining = signal(false);
export const trainFault = signal('');
/** What went wrong without ending the run, each once. */
export const warnings = signal<readonly string[]>([]);
/** What is done at the moment, in a sentence. */
export const progress = signal('');
/** How far the run is, in [0, 1]. */
export const share = signal(0);
/** How many steps the run has in all. */
export const updates = signal(0);
export const losses = signal<readonly number[]>([]);

export interface Score {
  readonly epoch: number;
  readonly meanIoU: number;
}

export const scores = signal<readonly Score[]>([]);
/** The newest validation's pictures. */
export const samples = signal<PageValidation['samples']>([]);
export const trained = signal<TrainedModel | null>(null);

/** Pictures that are learned from, and those held out. */
export const parts = computed(() => {
  const all = touched.value;
  const splits = splitsOf(all);
  const of = (split: Split): readonly LabeledPhoto[] => all.filter((_, index) => splits[index] === split);
  return { learned: of('train'), heldOut: of('val') };
});

let stopping: AbortController | undefined;

export const stopTraining = (): void => stopping?.abort();

const labeledImage = ({ name, file, width, height, labels }: LabeledPhoto): LabeledImage => ({
  name,
  image: file,
  mask: { width, height, data: labels.slice() } satisfies LabelMap as LabeledImage['mask'],
});

/** What is said at a run's end, of one step and of many. */
const ENDS = {
  finished: ['train.finishedOne', 'train.finished'],
  interrupted: ['train.stoppedOne', 'train.stopped'],
  training: ['train.stoppedOne', 'train.stopped'],
} as const satisfies Readonly<Record<TrainedModel['status'], readonly [one: StringKey, many: StringKey]>>;

/** @param take has the model that was made. */
export async function startTraining(take: (made: TrainedModel) => void): Promise<void> {
  const entry = model.value;
  if (!entry) return;
  const { learned, heldOut } = parts.value;
  await follow(take, (options) =>
    trainModel(learned.map(labeledImage), {
      classes: classes.value,
      start: entry.source,
      validation: heldOut.map(labeledImage),
      epochs: epochs.value,
      batch: Math.min(4, learned.length),
      crop: crop.value,
      ...options,
    }),
  );
}

/** Goes on with a run that was interrupted. @param take has the model that was made. */
export const resume = (name: string, take: (made: TrainedModel) => void): Promise<void> =>
  follow(take, (options) => resumeTraining(name, options));

async function follow(
  take: (made: TrainedModel) => void,
  train: (options: FollowOptions) => Promise<TrainedModel>,
): Promise<void> {
  if (isTraining.value) return;
  isTraining.value = true;
  trainFault.value = '';
  [losses.value, scores.value, samples.value, warnings.value] = [[], [], [], []];
  [trained.value, share.value, updates.value] = [null, 0, 0];
  progress.value = t('train.preparing');
  stopping = new AbortController();
  try {
    const made = await train({
      signal: stopping.signal,
      onProgress: ({ update, updates: all, loss, secondsLeft }) => {
        losses.value = [...losses.value, loss];
        updates.value = all;
        share.value = update / all;
        progress.value = t('train.step', { update, updates: all, minutes: Math.ceil(secondsLeft / 60) });
      },
      onValidation: ({ epoch, meanIoU, samples: shown }) => {
        scores.value = [...scores.value, { epoch, meanIoU }];
        samples.value = shown;
      },
      onWarning: (message) => {
        warnings.value = [...new Set([...warnings.value, message])];
      },
    });
    const { updates: done } = made;
    progress.value = t(ENDS[made.status][done === 1 ? 0 : 1], { updates: done });
    take(made);
  } catch (error) {
    progress.value = '';
    if (!isAbort(error)) trainFault.value = messageOf(error);
  } finally {
    isTraining.value = false;
  }
}
