/** Every way to run `predict`, with one image, which computes in the command's own thread, and with several, which do not. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

/** The options of each way; together they name every option that changes how images are computed or written. */
const WAYS = {
  plain: [],
  tile: ['--tile', '64', '--overlap', '32', '--probabilities'],
  scales: ['--scales', '0.75,1.25', '--optimize', 'none'],
  flip: ['--flip', '--format', 'confidence,confidence-npy,entropy,entropy-npy', '--opacity', '0.3'],
  'scales, flip and tile': ['--scales', '0.75,1', '--flip', '--tile', '64', '--overlap', '32', '--optimize', 'memory'],
  protocol: ['--protocol', 'refinenet', '--scales', '0.15', '--tile', '64', '--overlap', '32'],
  resize: ['--resize', '64', '--threads', '1', '--optimize', 'speed'],
  arrays: ['--probabilities', '--logits', '--pixel-limit', '100000'],
  formats: [
    '--format',
    'rle,rle-counts,polygons,yolo,geojson,masks',
    '--regions',
    'component',
    '--minimum-pixels',
    '4',
  ],
  float16: ['--precision', 'float16'],
  'float16 by tiles': ['--precision', 'float16', '--tile', '64', '--overlap', '32', '--flip'],
  wasm: ['--device', 'wasm', '--flip'],
} as const satisfies Record<string, readonly string[]>;

/** A command that hangs is ended after this many milliseconds, and its exit code is then null. */
const TIME_LIMIT = 60_000;

const SIZES = [
  [96, 72],
  [70, 100],
  [96, 72],
] as const;

let folder: string;
let model: string;
let photos: readonly string[];
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
  await mkdir(join(folder, 'photos'));
  photos = SIZES.map((_, index) => join(folder, 'photos', `${index}.png`));
  for (const [index, [width, height]] of SIZES.entries()) {
    await writeFile(photos[index] as string, await wavesPng(width, height, index));
  }
});

async function predict(inputs: readonly string[], name: string, options: readonly string[]) {
  const output = join(folder, name);
  const args = ['predict', ...inputs, '--model', model, '--output', output, ...options];
  return { ...(await runCli(args, { timeout: TIME_LIMIT })), output };
}

describe('predict gives an image among others the files it gets alone, and ends', () => {
  test.each(Object.entries(WAYS))('%s', async (way, options) => {
    const together = await predict(photos, `${way} together`, options);
    expect(together.code, together.stderr).toBe(0);
    const alone = await predict([photos[1] as string], `${way} alone`, options);
    expect(alone.code, alone.stderr).toBe(0);
    const own = (names: readonly string[]) => names.filter((each) => each.startsWith('1')).sort();
    const [files, expected] = [own(await readdir(together.output)), own(await readdir(alone.output))];
    expect(files).toEqual(expected);
    const [got, wanted] = await Promise.all(
      [together, alone].map(async ({ output }) => decode(await readFile(join(output, '1.png'))).data),
    );
    const differing = (got as Uint8Array).filter((id, pixel) => id !== wanted?.[pixel]).length;
    // Where scores tie, an engine that knows the size ahead may round the other way.
    expect(differing).toBeLessThanOrEqual(2);
  });
});

describe('predict that cannot be done says so and ends', () => {
  const REFUSED = {
    'a precision that the model was not calibrated for': [['--precision', 'int8'], 2, 'was not calibrated for int8'],
    'that with tiles': [['--precision', 'int8', '--tile', '96'], 2, 'was not calibrated for int8'],
    'a device that is not there': [['--device', 'coreml'], 1, 'The device "coreml" is not available'],
    'logits of several runs': [['--logits', '--flip'], 2, "The network's own output (logits) belongs to one run"],
    'a scale at which nothing is left': [['--scales', '0.06'], 1, 'At scale 0.06 the image enters the network at'],
  } as const satisfies Record<string, readonly [readonly string[], number, string]>;

  test.each(Object.entries(REFUSED))('%s', async (name, [options, code, message]) => {
    for (const count of [1, 3]) {
      const result = await predict(photos.slice(0, count), `${name} ${count}`, options);
      expect(result.stderr).toContain(message);
      expect(result.code, result.stderr).toBe(code);
    }
  });
});
