/** What the library that reads HDF5 stumbles on. Each time its thread is started anew, from built code. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hdf5File, HDF5_WORKER, sayClass } from '../../../../test/support/hdf5-mat-file.ts';
import { memorySource, photo } from '../../../../test/support/drawn/files.ts';
import { openDataset } from '../../../data/dataset.ts';
import { decodeLabelMat } from '../../../data/mat/label-mat.ts';
import type { ReadHdf5Mat } from '../../../data/mat/read-mat.ts';
import { checkForTraining } from '../../../data/training-check.ts';
import { verifyDataset } from '../../../data/verify.ts';
import { RuntimeError } from '../../../errors.ts';
import { evaluate } from '../../../evaluation/evaluate.ts';
import { labelMap } from '../../../image/label-map.ts';
import { decodeDatasetImage } from '../dataset-files.ts';
import { hdf5MatReader } from './read-hdf5-mat.ts';

const FIXTURE = new URL('../../../../test/fixtures/mat/hdf5/label-map.mat', import.meta.url);
const NAME = 'x.mat';
const COPY_OR_SAVE = "Copy it anew, or save it in MATLAB with save(..., '-v7').";

let whole: Uint8Array;
let folder: string;
beforeAll(async () => {
  whole = new Uint8Array(await readFile(FIXTURE));
  folder = await mkdtemp(join(tmpdir(), 'refinenet-hdf5-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const readHdf5Mat = hdf5MatReader({ worker: HDF5_WORKER });
const labelsOf = (bytes: Uint8Array, reader = readHdf5Mat) => decodeLabelMat(bytes, NAME, reader);
const places = (text: string): number[] =>
  [...Buffer.from(whole).toString('latin1').matchAll(new RegExp(text, 'g'))].map(({ index }) => index);
const changed = (at: number, ...values: number[]) => {
  const copy = whole.slice();
  copy.set(values, at);
  return copy;
};

/** A thread that does what a script says when a file comes. */
async function threadThat(name: string, script: string): Promise<URL> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(
    path,
    `import { parentPort } from 'node:worker_threads';\nparentPort.on('message', () => { ${script} });\n`,
  );
  return pathToFileURL(path);
}

describe('a damaged file of version 7.3', () => {
  test.each<[string, () => Uint8Array, string]>([
    [
      'that is cut off',
      () => whole.subarray(0, 3000),
      'x.mat: the MAT file is cut off: it has 3000 bytes and says 4622. Copy it anew.',
    ],
    [
      "without anything but MATLAB's header",
      () => whole.subarray(0, 512),
      `x.mat: the MAT file is damaged, says the library that reads HDF5 (file signature not found). ${COPY_OR_SAVE}`,
    ],
    [
      'whose packed values were changed',
      () => changed(whole.length - 8, 255, 255, 255, 255),
      'x.mat: the MAT file is damaged, says the library that reads HDF5 (',
    ],
    [
      'whose list of names was changed',
      () => changed(places('HEAP')[0] as number, 0),
      'x.mat: the MAT file is damaged, says the library that reads HDF5 (',
    ],
  ])('%s is refused by name, and the next one is read', async (_, bytes, message) => {
    await expect(labelsOf(bytes())).rejects.toThrow(message);
    expect([...(await labelsOf(whole)).data]).toEqual([1, 2, 2, 0, 2, 458]);
  });

  test('does not disturb what waits behind it', async () => {
    const [first, damaged, last] = await Promise.allSettled(
      [whole, whole.subarray(0, 3000), whole].map((each) => labelsOf(each)),
    );
    expect([first?.status, damaged?.status, last?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('that leads to files of this machine finds none', async () => {
    const secret = join(folder, 'secret.h5');
    await writeFile(secret, whole);
    const linked = await hdf5File((file) => {
      const mask = file.create_dataset({ name: 'a', data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2] });
      sayClass(mask, 'uint8');
      file.create_external_link(secret, '/LabelMap', 'LabelMap');
    });
    await expect(labelsOf(linked)).rejects.toThrow('x.mat: the MAT file is damaged');
  });

  test('over which the library does not come to an end is given up', async () => {
    const hangs = hdf5MatReader({ worker: await threadThat('hangs', 'for (;;);'), seconds: 0.5 });
    await expect(labelsOf(whole, hangs)).rejects.toThrow(
      `x.mat: the library that reads HDF5 came to no end with the MAT file (no end within 0.5 seconds). ${COPY_OR_SAVE}`,
    );
  });

  test('over which the library ends its thread is refused, each anew', async () => {
    const dies = hdf5MatReader({ worker: await threadThat('dies', 'process.exit(7);') });
    const throws = hdf5MatReader({ worker: await threadThat('throws', "throw new Error('Aborted()');") });
    for (let time = 0; time < 2; time++) {
      await expect(labelsOf(whole, dies)).rejects.toThrow(
        'x.mat: the library that reads HDF5 came to no end with the MAT file (exit code 7).',
      );
      await expect(labelsOf(whole, throws)).rejects.toThrow('came to no end with the MAT file (Aborted()).');
    }
  });
});

test('a thread that ended while nobody waited for it is started anew', async () => {
  const answers =
    "parentPort.postMessage({ kind: 'refusal', message: 'no' }); setTimeout(() => { throw new Error(); }, 50);";
  const reader = hdf5MatReader({ worker: await threadThat('ends', answers), seconds: 20 });
  for (let time = 0; time < 2; time++) {
    await expect(labelsOf(whole, reader)).rejects.toThrow(/^no$/);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
});

test('a program that read some comes to its end, and says nothing else', async () => {
  const program = `
    import { readFile } from 'node:fs/promises';
    import { readHdf5Mat } from '${new URL('read-hdf5-mat.js', HDF5_WORKER).href}';
    const whole = await readFile(new URL('${FIXTURE.href}'));
    for (const bytes of [whole, whole.subarray(0, 3000), whole]) {
      await readHdf5Mat(bytes, 'x').then(({ size }) => console.log(size), () => console.log('refused'));
    }`;
  const ended = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    timeout: 100_000,
  });
  expect(ended).toEqual({ stdout: '1\nrefused\n1\n', stderr: '' });
});

describe('where the library is not installed, the command that installs it is told', () => {
  const INSTALL =
    "MAT files of version 7.3 take a package that is not installed: h5wasm. This installs it beside refinenet: npm install h5wasm@0.10.3 (with --global where refinenet is). Or save the labels in MATLAB with save(..., '-v7').";
  let reader: ReadHdf5Mat;

  beforeAll(async () => {
    // What is built, in a folder with no packages beside it.
    const dist = new URL('../../../', HDF5_WORKER);
    for (const part of ['errors.js', 'limits.js', 'data/mat', 'platform/node/hdf5']) {
      await cp(new URL(part, dist), join(folder, 'dist', part), { recursive: true });
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    reader = hdf5MatReader({ worker: pathToFileURL(join(folder, 'dist/platform/node/hdf5/hdf5-worker.js')) });
  });

  test('for a file', async () => {
    await expect(labelsOf(whole, reader)).rejects.toThrow(new RuntimeError(`x.mat: ${INSTALL}`));
  });

  test('once for a whole data set, by verify, training and evaluation', async () => {
    const files: Record<string, Uint8Array | string> = { 'classes.txt': 'ground\nwater\n' };
    for (let image = 0; image < 6; image++) {
      files[`images/val/${image}.png`] = photo(image);
      files[`masks/val/${image}.mat`] = whole;
    }
    const dataset = await openDataset(memorySource(files, reader));
    const told = new RuntimeError(`masks/val/0.mat: ${INSTALL}`);
    const failed: string[] = [];
    const options = { decodeImage: decodeDatasetImage, split: 'val' };
    await expect(verifyDataset(dataset, options)).rejects.toThrow(told);
    await expect(checkForTraining(dataset, options)).rejects.toThrow(told);
    const evaluating = evaluate(dataset, async () => labelMap(48, 40, new Uint8Array(48 * 40)), {
      ...options,
      onFailure: ({ message }) => void failed.push(message),
    });
    await expect(evaluating).rejects.toThrow(told);
    expect(failed).toEqual([]);
  });
});
