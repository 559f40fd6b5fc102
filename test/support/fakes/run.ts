/** A fake training in a process of its own, to be killed: `node --import tsx run.ts FOLDER`. Resumes what it finds. */
import { setTimeout } from 'node:timers/promises';
import { folderStorage } from '../../../src/platform/node/run-folder.ts';
import { readRun, train } from '../../../src/training/run/trainer.ts';
import { bigFakeModel, fakeConfiguration, fakeOptions, fakeStep } from './training.ts';

const storage = folderStorage(process.argv[2] as string);
const resume = (await readRun(storage)) !== undefined;
process.stdout.write('ready\n');
await train(
  fakeOptions(storage, {
    resume,
    model: bigFakeModel,
    configuration: { ...fakeConfiguration, saveEvery: 1 },
    createStep: fakeStep({ pause: () => setTimeout(5) }),
  }),
);
