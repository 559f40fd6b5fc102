/** Runs of the view Train without a page: what is told of them, going on, and what becomes of a model whose run is deleted. */
import { effect } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadAppModules, type Signal } from '../support/app-modules.ts';

/** A run's model, as far as the app looks at it here. */
interface Made {
  readonly name: string;
  readonly status: 'finished' | 'interrupted';
  readonly updates: number;
  readonly files: object;
}

/** What the library is given to tell of a run. */
interface Listener {
  onProgress(report: Readonly<Record<'update' | 'updates' | 'loss' | 'secondsLeft', number>>): void;
  onWarning(message: string): void;
}

/** What these tests call of the app, whose own types are a browser's. */
interface App {
  readonly runs: {
    deleteKept(name: string): Promise<void>;
    findRuns(): Promise<void>;
    goOn(name: string): Promise<void>;
    takeAnew(made: Made): void;
    takeTrained(made: Made): void;
    readonly keptRuns: Signal<readonly unknown[]>;
    readonly takenAs: Signal<string>;
  };
  readonly training: {
    startTraining(take: (made: Made) => void): Promise<void>;
    readonly isTraining: Signal<boolean>;
    readonly losses: Signal<readonly number[]>;
    readonly trained: Signal<Made | null>;
    readonly trainFault: Signal<string>;
    readonly warnings: Signal<readonly string[]>;
  };
  readonly models: {
    addModel(name: string, source: string): string;
    readonly modelName: Signal<string>;
    readonly models: Signal<readonly { readonly name: string; readonly source: string }[]>;
  };
}

const library = vi.hoisted(() => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('addEventListener', () => {});
  return {
    trainModel: vi.fn(),
    resumeTraining: vi.fn(),
    deleteRun: vi.fn(),
    listRuns: vi.fn(async (): Promise<readonly object[]> => []),
    openRun: vi.fn(),
  };
});
vi.mock('refinenet/web', async () => {
  const { RuntimeError } = await import('../../src/errors.ts');
  return { loadModel: vi.fn(), RuntimeError };
});
vi.mock('refinenet/web/training', () => library);

const app = await loadAppModules<App>({
  runs: 'train/kept-runs.ts',
  training: 'train/training.ts',
  models: 'state/models.ts',
});
const { deleteKept, findRuns, goOn, keptRuns, takeAnew, takenAs, takeTrained } = app.runs;
const { isTraining, losses, startTraining, trained, trainFault, warnings } = app.training;
const { addModel, modelName, models } = app.models;

const made = (name: string, status: Made['status'] = 'finished'): Made => ({ name, status, updates: 2, files: {} });

beforeEach(() => {
  models.value = [{ name: 'general', source: '/general/' }];
  modelName.value = 'general';
});
afterEach(() => {
  vi.clearAllMocks();
  trained.value = null;
});

describe('a run', () => {
  test('tells what went wrong without ending it, until the next one begins', async () => {
    library.trainModel.mockImplementationOnce(async (_, { onWarning }: Listener) => {
      onWarning('last could not be written.');
      onWarning('last could not be written.');
      return made('training');
    });
    await startTraining(takeAnew);
    expect(warnings.value).toEqual(['last could not be written.']);
    library.trainModel.mockResolvedValueOnce(made('training2'));
    await startTraining(takeAnew);
    expect(warnings.value).toEqual([]);
  });

  test('that was interrupted goes on, and its model takes the place of what it was before', async () => {
    takeTrained(made('training', 'interrupted'));
    library.resumeTraining.mockImplementationOnce(async (_, { onProgress, onWarning }: Listener) => {
      expect(isTraining.value).toBe(true);
      onProgress({ update: 2, updates: 2, loss: 0.5, secondsLeft: 0 });
      onWarning('slow');
      return made('training');
    });
    await goOn('training');
    expect(library.resumeTraining).toHaveBeenCalledWith('training', expect.anything());
    expect([losses.value, warnings.value, isTraining.value, trainFault.value]).toEqual([[0.5], ['slow'], false, '']);
    expect(models.value.map(({ name }) => name)).toEqual(['general', 'training']);
    expect([modelName.value, trained.value?.status]).toEqual(['training', 'finished']);
  });
});

describe('a run that goes on', () => {
  test('is at work in the list until it ends', async () => {
    const listed = { name: 'training', status: 'interrupted' };
    const other = { name: 'training2', status: 'interrupted' };
    library.listRuns.mockResolvedValueOnce([listed, other]);
    await findRuns();
    library.resumeTraining.mockImplementationOnce(async () => {
      expect(keptRuns.value).toEqual([{ ...listed, status: 'training' }, other]);
      throw new Error('It was stopped.');
    });
    await goOn('training');
    expect([trainFault.value, keptRuns.value]).toEqual(['It was stopped.', [listed, other]]);
    await findRuns();
  });

  test('gives its place at work to no other model', () => {
    takeTrained(made('training', 'interrupted'));
    const atWork: string[] = [];
    const end = effect(() => void atWork.push(modelName.value));
    takeAnew(made('training'));
    end();
    expect([...new Set(atWork)]).toEqual(['training']);
  });
});

describe('a run that is deleted', () => {
  test('takes its model out of those of the page, and out of what is said to be trained', async () => {
    takeTrained(made('training'));
    await deleteKept('training');
    expect(library.deleteRun).toHaveBeenCalledWith('training');
    expect(models.value.map(({ name }) => name)).toEqual(['general']);
    expect([modelName.value, trained.value, keptRuns.value]).toEqual(['general', null, []]);
  });

  test('leaves its name to the next one', async () => {
    takeTrained(made('training'));
    await deleteKept('training');
    takeAnew(made('training'));
    expect([modelName.value, takenAs.value]).toEqual(['training', 'training']);
  });

  test('leaves alone what is chosen meanwhile, and what was trained since', async () => {
    takeTrained(made('training'));
    takeTrained(made('training2'));
    await deleteKept('training');
    expect([modelName.value, trained.value?.name]).toEqual(['training2', 'training2']);
  });
});

test('a model whose name another one has is said to be there under the one that it got', () => {
  addModel('training', '/own/');
  takeAnew(made('training'));
  expect([modelName.value, takenAs.value]).toEqual(['training 2', 'training 2']);
});
