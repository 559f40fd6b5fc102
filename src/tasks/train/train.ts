/** `train`: labeled images to a model. */
import { architectureName } from '../../models/architectures.ts';
import type { RunState } from '../../training/run/checkpoint.ts';
import { type TrainResult as Trained, train as trainRun } from '../../training/run/trainer.ts';
import { defineTask, type WorkContext } from '../task.ts';
import { callbacksFor, type TrainEvent } from './events.ts';
import { planNewRun, planResumedRun } from './plan.ts';
import { TRAIN_REQUEST, type TrainRequest } from './request.ts';

export interface TrainResult {
  /** The run's folder. */
  readonly run: string;
  /** `interrupted` by the signal; the run can be resumed. */
  readonly status: Trained['status'];
  /** Why it is at its end: all epochs are done, or patience is; null if it is not. */
  readonly finished: RunState['finished'];
  readonly updates: number;
  /** Epochs done, and planned. */
  readonly epochs: number;
  readonly plannedEpochs: number;
  readonly best: RunState['best'];
  /** The folder of the model: the best one, or the last where nothing was validated. */
  readonly model: string;
}

export const trainTask = defineTask({ name: 'train', request: TRAIN_REQUEST, work: train });

async function train(request: TrainRequest, context: WorkContext<TrainEvent>): Promise<TrainResult> {
  const { files, onEvent, signal } = context;
  const { resume, device, threads } = request;
  // Before the data is read: a device that is not there needs no other reason, and no place of a run.
  const backend = await context.backend(device, (message) => onEvent({ type: 'warning', message }));
  const run = await (resume === undefined ? planNewRun(request, context) : planResumedRun(resume, request, context));
  const { storage, configuration } = run;
  onEvent({ type: 'run', run: storage.name, isResumed: run.resume, epochs: configuration.epochs });
  const { status, state } = await trainRun({
    ...run,
    decodeImage: files.decodeImage,
    backend,
    session: { device, ...(threads !== undefined && { threads }) },
    title: `${architectureName(configuration.network)} on ${files.nameOf(run.origin.dataset ?? storage.name)}`,
    ...(signal && { signal }),
    callbacks: callbacksFor(onEvent, configuration.epochs),
  });
  const { finished, updates, epoch, best } = state;
  return {
    run: storage.name,
    status,
    finished,
    updates,
    epochs: epoch,
    plannedEpochs: configuration.epochs,
    best,
    model: files.join(storage.name, best ? 'best' : 'last'),
  };
}
