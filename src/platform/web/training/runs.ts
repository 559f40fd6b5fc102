/** The runs that this site keeps in the browser. */
import { FormatError, messageOf, RuntimeError, UsageError } from '../../../errors.ts';
import { CARD_FILE, CONFIG_FILE, PREPROCESSOR_FILE, WEIGHTS_FILE } from '../../../models/folder/files.ts';
import { BEST, LAST, type RunState } from '../../../training/run/checkpoint.ts';
import type { RunStorage } from '../../../training/run/storage.ts';
import { readRun } from '../../../training/run/trainer.ts';
import { loadModel, type LoadOptions, type WebSegmenter } from '../load.ts';
import type { ModelFilesInHand } from '../model-source.ts';
import { modelZip } from './model-zip.ts';
import { opfsStorage } from './opfs-storage.ts';
import { checkRunName, folderIn, runsAtWork, runsFolder } from './runs-folder.ts';

/** How far a run has come. */
export interface TrainingRun {
  readonly name: string;
  /** `training` while some tab trains it; an `interrupted` one can be resumed. */
  readonly status: 'training' | 'interrupted' | 'finished';
  /** Updates that its last checkpoint has seen. */
  readonly updates: number;
  /** Epochs done, and of the whole run. */
  readonly epoch: number;
  readonly epochs: number;
  /** The best validation so far; null where there was none. */
  readonly best: { readonly meanIoU: number; readonly epoch: number } | null;
  readonly classes: readonly string[];
}

/** A run's model: the one of the best validation, or the last where nothing was validated. */
export interface TrainedModel extends TrainingRun {
  /** What `loadModel` takes. */
  readonly files: ModelFilesInHand;
  /** Loads it, to segment images at once. @throws as `loadModel` */
  load(options?: LoadOptions): Promise<WebSegmenter>;
  /** The model folder as an archive, for `refinenet predict --model` and others. */
  zip(): Blob;
  /** Lets the browser save the archive. */
  download(fileName?: string): void;
}

/**
 * The runs that this site keeps, by name, but for those whose files are damaged.
 * @throws RuntimeError if the browser keeps no files for this page
 */
export async function listRuns(): Promise<readonly TrainingRun[]> {
  const runs = await runsFolder();
  const names: string[] = [];
  for await (const name of runs.keys()) names.push(name);
  const found = await Promise.all(
    names.sort().map(async (name) => factsOf(await storageOf(runs, name)).catch(() => undefined)),
  );
  return found.flatMap((facts) => facts ?? []);
}

/**
 * The model that a run has made so far.
 * @throws UsageError if there is no such run, FormatError if its files are not whole, RuntimeError if the browser keeps no files for this page
 */
export async function openRun(name: string): Promise<TrainedModel> {
  const runs = await runsFolder();
  const storage = await storageOf(runs, checkRunName(name));
  const facts = await factsOf(storage);
  if (!storage || !facts) throw await noRun(name);
  const folder = facts.best ? BEST : LAST;
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of [CONFIG_FILE, PREPROCESSOR_FILE, WEIGHTS_FILE, CARD_FILE]) {
    const bytes = await storage.read(`${folder}/${file}`);
    if (!bytes) throw new FormatError(`The run "${name}": ${folder}/${file} is missing. Delete the run (deleteRun).`);
    files.set(file, new Uint8Array(bytes));
  }
  const file = (of: string) => files.get(of) as Uint8Array<ArrayBuffer>;
  const inHand = { config: file(CONFIG_FILE), preprocessor: file(PREPROCESSOR_FILE), weights: file(WEIGHTS_FILE) };
  const zip = (): Blob => new Blob([modelZip(name, files)], { type: 'application/zip' });
  return {
    ...facts,
    files: inHand,
    load: (options) => loadModel(inHand, options),
    zip,
    download: (fileName = `${name}.zip`) => save(zip(), fileName),
  };
}

/**
 * Deletes a run and all that it kept.
 * @throws UsageError if there is no such run, RuntimeError if some tab trains it
 */
export async function deleteRun(name: string): Promise<void> {
  const runs = await runsFolder();
  if (!(await folderIn(runs, checkRunName(name)))) throw await noRun(name);
  if ((await runsAtWork()).has(name)) {
    throw new RuntimeError(`The run "${name}" is being trained. Stop it before it is deleted.`);
  }
  try {
    await runs.removeEntry(name, { recursive: true });
  } catch (error) {
    throw new RuntimeError(`The run "${name}" cannot be deleted (${messageOf(error)}). Close tabs that use it.`, {
      cause: error,
    });
  }
}

async function noRun(name: string): Promise<UsageError> {
  const others = (await listRuns()).map((run) => run.name);
  const which = others.length === 0 ? 'There are none.' : `There are ${others.join(', ')}.`;
  return new UsageError(`There is no run "${name}". ${which}`);
}

async function storageOf(runs: FileSystemDirectoryHandle, name: string): Promise<RunStorage | undefined> {
  const folder = await folderIn(runs, name);
  return folder && opfsStorage(folder);
}

/** Undefined where a tab was closed before the first checkpoint. */
async function factsOf(storage: RunStorage | undefined): Promise<TrainingRun | undefined> {
  const saved = storage && (await readRun(storage));
  const bytes = await storage?.read(`${LAST}/state.json`);
  if (!storage || !saved || !bytes) return undefined;
  const state = JSON.parse(new TextDecoder().decode(bytes)) as RunState;
  const { name } = storage;
  const { epochs, classes } = saved.configuration;
  const { updates, epoch, best } = state;
  const isAtWork = (await runsAtWork()).has(name);
  return {
    name,
    status: isAtWork ? 'training' : state.finished === null ? 'interrupted' : 'finished',
    updates,
    epoch,
    epochs,
    best: best && { meanIoU: best.meanIoU, epoch: best.epoch },
    classes,
  };
}

function save(archive: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(archive);
  link.download = fileName;
  link.click();
  // Browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED_WITHIN);
}

/** Milliseconds. */
const SAVED_WITHIN = 60_000;
