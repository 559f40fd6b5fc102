// @ts-check
/**
 * Trains on a folder with images/ and masks/, and leaves a model in a run folder.
 *
 *   node train-on-a-folder.js my-images runs/mine --epochs 40
 *   node train-on-a-folder.js my-images runs/mine --epochs 40 --resume
 *
 * Ctrl-C ends after the update at work, with a checkpoint. The same command with --resume goes on from it, or from the last
 * checkpoint before a crash, as if nothing had happened.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeDatasetImage, folderStorage, holdOut, nodeBackend, openDatasetAt } from 'refinenet/node';
import { planTraining, RefineNetError, startingModelFor, train, UsageError, verifyDataset } from 'refinenet/node';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    architecture: { type: 'string', default: 'refinenet-lw-mobilenetv2' },
    epochs: { type: 'string', default: '40' },
    batch: { type: 'string', default: '8' },
    crop: { type: 'string', default: '224' },
    resume: { type: 'boolean', default: false },
  },
});
const [folder, run = 'runs/mine'] = positionals;

/** The data set, once nothing is wrong with it. @param {string} path */
async function openVerified(path) {
  const opened = await openDatasetAt(path);
  const dataset = opened.splits.includes('val') ? opened : holdOut(opened, { fraction: 0.2, seed: 0 });
  for (const note of dataset.notes) console.error(note);
  const { problems } = await verifyDataset(dataset, { decodeImage: decodeDatasetImage });
  for (const { severity, message, advice } of problems) console.error(`${severity}: ${message} ${advice}`);
  if (problems.some(({ severity }) => severity === 'error')) throw new UsageError(`${path} cannot be trained on yet.`);
  return dataset;
}

async function main() {
  if (folder === undefined) throw new UsageError('Give a folder with images/ and masks/ in it.');
  const dataset = await openVerified(folder);

  // The first Ctrl-C asks for an end, the second one ends at once.
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());

  const model = startingModelFor(dataset, { architecture: values.architecture });
  const data = { model, dataset, decodeImage: decodeDatasetImage };
  const { configuration, warnings } = await planTraining({
    ...data,
    overrides: { epochs: Number(values.epochs), batch: Number(values.batch), crop: Number(values.crop) },
  });
  for (const warning of warnings) console.error(warning);

  const { status, state } = await train({
    ...data,
    backend: await nodeBackend(),
    storage: folderStorage(run),
    configuration,
    resume: values.resume,
    signal: stop.signal,
    callbacks: {
      onStep({ update, updates, loss, secondsLeft }) {
        const line = `update ${update} of ${updates}, loss ${loss.toFixed(3)}, ${Math.ceil(secondsLeft / 60)} min left`;
        if (process.stderr.isTTY) process.stderr.write(`\r${line.padEnd(72)}`);
      },
      onValidation({ epoch, meanIoU }, isBest) {
        console.error(
          `\repoch ${epoch}: mIoU ${(100 * meanIoU).toFixed(1)} %${isBest ? ', the best so far' : ''}`.padEnd(73),
        );
      },
      onWarning: (message) => console.error(message),
    },
  });
  if (status === 'interrupted') console.log(`Stopped after update ${state.updates}. Go on with --resume.`);
  else console.log(`Done: ${join(run, 'best')}`);
}

await main().catch((error) => {
  // Errors of the library are for people; others are defects.
  if (!(error instanceof RefineNetError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
