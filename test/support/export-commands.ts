/** A model, images and labeled images for tests of export, and export called in this process. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { LABEL_SETS } from '../../src/labels/sets/label-sets.ts';
import { captureOutput } from './captured-output.ts';
import { writeDrawnDataset } from './drawn/dataset.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from './synthetic-model.ts';

/** Sets a test file up: `model()` is the model's folder once its tests run. */
export function exportCommands() {
  let root: string;
  let model: string;
  const terminal = captureOutput();
  const inRoot = (name: string): string => join(root, name);

  beforeAll(async () => {
    root = await temporaryFolder();
    model = await writeSyntheticModel(root);
    await mkdir(inRoot('photos'));
    for (const seed of [0, 1, 2]) await writeFile(inRoot(`photos/${seed}.png`), await wavesPng(96, 64 + seed, seed));
    await writeDrawnDataset(inRoot('data'), { size: 64 });
    await writeFile(inRoot('data/classes.txt'), LABEL_SETS.camvid.classes.map(({ name }) => `${name}\n`).join(''));
  });

  /** What `export --json` prints, or what it notes where it fails. */
  async function report(...argv: string[]) {
    const code = await main(['export', model, '--json', ...argv]);
    return {
      code,
      ...(code === 0 ? (JSON.parse(terminal.printed) as Record<string, unknown>) : { noted: terminal.noted }),
    };
  }

  return { inRoot, report, model: () => model, terminal };
}
