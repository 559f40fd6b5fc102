/** The runs that this browser keeps, and their models. */
import { signal } from '@preact/signals';
import { deleteRun, listRuns, openRun, type TrainedModel, type TrainingRun } from 'refinenet/web/training';
import { messageOf } from '../state/messages.ts';
import { addModel, modelName, models } from '../state/models.ts';
import { trained, trainFault } from './training.ts';

export const keptRuns = signal<readonly TrainingRun[]>([]);

/** Names of the page's models by the run that they are of. */
const open = new Map<string, string>();

async function told(work: () => Promise<void>): Promise<void> {
  try {
    await work();
    keptRuns.value = await listRuns();
  } catch (error) {
    trainFault.value = messageOf(error);
  }
}

export const findRuns = (): Promise<void> => told(async () => {});

/** Adds the model of a run to those of the page, and takes it; a run that is there already is only taken. */
export function takeTrained(made: TrainedModel): void {
  const known = open.get(made.name);
  trained.value = made;
  if (known !== undefined && models.value.some(({ name }) => name === known)) modelName.value = known;
  else open.set(made.name, addModel(made.name, made.files));
}

/** A model as it was is of no use where its run went on. */
export const takeAnew = (made: TrainedModel): void => {
  open.delete(made.name);
  takeTrained(made);
};

export const openKept = (name: string): Promise<void> => told(async () => takeTrained(await openRun(name)));

export const deleteKept = (name: string): Promise<void> =>
  told(async () => {
    await deleteRun(name);
    open.delete(name);
  });
