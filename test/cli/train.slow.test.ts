import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeDrawnDataset } from '../support/drawn/dataset.ts';
import { logWithoutTimes } from '../support/fakes/training.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/synthetic-model.ts';

const BIN = fileURLToPath(new URL('../../bin/refinenet.js', import.meta.url));

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeDrawnDataset(join(folder, 'discs'));
});

/** Six images, two a step: three updates an epoch. */
const RUN = ['--architecture', 'refinenet-lw-mobilenetv2', '--crop', '64', '--batch', '2', '--threads', '1'];
const LENGTH = ['--epochs', '2', '--samples-every', 'none', '--save-every', '1'];

async function outcome(run: string) {
  const digests: string[] = [];
  for (const each of ['last', 'best']) {
    for (const name of (await readdir(join(run, each))).sort()) {
      const content = await readFile(join(run, each, name));
      digests.push(`${each}/${name} ${createHash('sha256').update(content).digest('hex')}`);
    }
  }
  return { digests, log: logWithoutTimes(await readFile(join(run, 'log.jsonl'))) };
}

/** Starts the command and sends it a signal once so many updates are in its log. */
function signaled(
  args: readonly string[],
  run: string,
  updates: number,
  signal: 'SIGINT' | 'SIGKILL',
  endReaders = false,
) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, NO_COLOR: '1' } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const timer = setInterval(async () => {
      const log = existsSync(join(run, 'log.jsonl')) ? await readFile(join(run, 'log.jsonl'), 'utf8') : '';
      if (log.split('"type":"step"').length <= updates) return;
      clearInterval(timer);
      if (endReaders) for (const stream of [child.stdout, child.stderr]) stream.destroy();
      child.kill(signal);
    }, 20);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

describe('train', () => {
  let whole: string;
  beforeAll(async () => {
    whole = join(folder, 'whole');
    const { code, stderr } = await runCli(['train', data, ...RUN, ...LENGTH, '--output', whole]);
    expect(stderr).toContain('encoder:    0.001, 1.81 M parameters train');
    expect(code).toBe(0);
  });

  test('writes a run whose best model predicts', async () => {
    expect((await readdir(whole)).map((name) => name.replace(/tfevents.*/, 'tfevents')).sort()).toEqual([
      'best',
      'config.json',
      'events.out.tfevents',
      'last',
      'log.jsonl',
      'plots',
    ]);
    const photo = join(data, 'images/val/0.png');
    const result = await runCli([
      'predict',
      photo,
      '--model',
      join(whole, 'best'),
      '--output',
      join(folder, 'out'),
      '--json',
    ]);
    expect(result.code).toBe(0);
    const { classes } = JSON.parse(result.stdout) as { classes: { label: string; pixels: number }[] };
    expect(classes.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(80 * 80);
  });

  test('killed and resumed, interrupted and resumed gives the same bytes as the run that was not', async () => {
    const run = join(folder, 'killed');
    await signaled(['train', data, ...RUN, ...LENGTH, '--output', run], run, 2, 'SIGKILL');
    const stopped = await signaled(['train', '--resume', run, '--threads', '1'], run, 4, 'SIGINT');
    expect(stopped.code).toBe(0);
    expect(stopped.stderr).toContain('Ending after this step, with a checkpoint.');
    expect(stopped.stdout).toMatch(
      /^Interrupted after update [45]; go on with: npx refinenet train --resume .*killed\n$/,
    );
    const { code, stdout } = await runCli(['train', '--resume', run, '--threads', '1', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'finished', updates: 6, epochs: 2, finished: 'epochs' });
    expect(await outcome(run)).toEqual(await outcome(whole));
  });

  test('ends with a checkpoint by Ctrl-C that ends its readers too, as in a pipe to tee', async () => {
    const run = join(folder, 'piped');
    const { code } = await signaled(['train', data, ...RUN, ...LENGTH, '--output', run], run, 2, 'SIGINT', true);
    expect(code).toBe(0);
    const { stdout } = await runCli(['train', '--resume', run, '--threads', '1', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'finished', updates: 6 });
    expect(await outcome(run)).toEqual(await outcome(whole));
  });

  test('goes on from a whole model for the same classes, as key=value too', async () => {
    const run = join(folder, 'tuned');
    const { code, stderr } = await runCli([
      'train',
      data,
      `weights=${join(whole, 'best')}`,
      'epochs=1',
      'batch=2',
      'crop=64',
      'lr=0.01',
      'freeze=encoder.*',
      'loss=cross-entropy+dice:0.5',
      'schedule=cosine',
      'patience=3',
      `output=${run}`,
    ]);
    expect(stderr).toContain('refinenet-lw-mobilenetv2, everything from');
    expect(stderr).toMatch(/recipe: +fine-tune/);
    expect(stderr).toMatch(/ {2}encoder: +frozen\n {2}decoder: +0\.01, /);
    expect(code).toBe(0);
    const { configuration } = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
    expect(configuration.step.loss.terms).toEqual([
      { name: 'cross-entropy', weight: 1 },
      { name: 'dice', weight: 0.5 },
    ]);
    expect(configuration.rates.encoder).toBeCloseTo(0.001, 12);
  });

  test('validates on the part of train that is held out, also when it is resumed', async () => {
    const run = join(folder, 'held');
    const length = ['--epochs', '1', '--samples-every', 'none'];
    for (const argv of [
      [data, ...RUN, ...length, '--hold-out', '0,1', '--output', run],
      ['--resume', run],
    ]) {
      const { code, stderr } = await runCli(['train', ...argv]);
      expect(stderr).toContain('2 of 6 samples of train are held out as val; the split val is not used.');
      expect(stderr).toMatch(/data: +4 images to train on, 2 to validate on/);
      expect(code).toBe(0);
    }
  });

  test('refuses to resume with other options, naming them', async () => {
    const { code, stderr } = await runCli(['train', '--resume', whole, '--epochs', '9', '--lr', '0.5']);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be resumed with another configuration:');
    expect(stderr).toContain('  epochs: 2 in the run, now 9\n');
    expect(stderr).toContain('  rates.decoder: 0.001 in the run, now 0.5\n');
  });
});
