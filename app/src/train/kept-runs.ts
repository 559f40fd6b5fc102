/** The runs that this browser keeps, and their models. */
import { batch, computed, signal } from '@preact/signals';
import { deleteRun, listRuns, openRun, type TrainedModel, type TrainingRun } from 'refinenet/web/training';
import { messageOf } from '../state/messages.ts';
import { addModel, modelName, models, removeModel } from '../state/models.ts';
import { isTraining, resume, trained, trainFault } from './training.ts';

/** As the library listed them last. */
const listed = signal<readonly TrainingRun[]>([]);
/** The name of the run that is gone on with. */
const resumed = signal('');

export const keptRuns = computed<readonly TrainingRun[]>(() =>
  listed.value.map((run) => (run.name === resumed.value ? { ...run, status: 'training' } : run)),
);

/** Names of the page's models by the run that they are of. */
const open = signal<ReadonlyMap<string, string>>(new Map());

/** Under which name the model that was trained is among those of the page. */
export const takenAs = computed(() => open.value.get(trained.value?.name ?? '') ?? '');

async function told(work: () => Promise<void>): Promise<void> {
  try {
    await work();
    listed.value = await listRuns();
  } catch (error) {
    trainFault.value = messageOf(error);
  }
}

export const findRuns = (): Promise<void> => told(async () => {});

/** Adds the model of a run to those of the page, and takes it; a run that is there already is only taken. */
export function takeTrained(made: TrainedModel): void {
  const known = open.value.get(made.name);
  trained.value = made;
  if (known !== undefined && models.value.some(({ name }) => name === known)) modelName.value = known;
  else open.value = new Map(open.value).set(made.name, addModel(made.name, made.files));
}

/** Takes the model of a run out of those of the page. */
function drop(name: string): void {
  const known = open.value.get(name);
  if (known !== undefined) removeModel(known);
  open.value = new Map([...open.value].filter(([run]) => run !== name));
  if (trained.value?.name === name) trained.value = null;
}

/** A model as it was is of no use where its run went on. */
export const takeAnew = (made: TrainedModel): void =>
  // No other model is at work in between.
  batch(() => {
    drop(made.name);
    takeTrained(made);
  });

export const openKept = (name: string): Promise<void> => told(async () => takeTrained(await openRun(name)));

/** Goes on with a run that was interrupted; does nothing while another one trains. */
export async function goOn(name: string): Promise<void> {
  if (isTraining.value) return;
  resumed.value = name;
  await resume(name, takeAnew);
  resumed.value = '';
}

export const deleteKept = (name: string): Promise<void> =>
  told(async () => {
    await deleteRun(name);
    drop(name);
  });
