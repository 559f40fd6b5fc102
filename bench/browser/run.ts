/**
 * Measures segmenting in a real browser: `npm run bench:browser -- PHOTO [--rounds 3] [--repetitions 5] [--webgpu]`.
 * Contestants take turns, each in a fresh profile; the second page of a profile is the warm one. Writes bench/browser/results.md.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { openBrowser, servePages } from '../../test/support/browser.ts';
import { runCli } from '../../test/support/run-cli.ts';
import { CONTESTANTS, type Contestant, MEASURED, MODEL } from './contestants.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(CHECKOUT, 'node_modules');

interface Measured {
  readonly loaded: number;
  readonly first: number;
  readonly each: readonly number[];
  readonly longestToFirst: number;
  readonly longest: number;
  readonly pixels: number;
  readonly device: string;
}

interface Round {
  readonly cold: Measured;
  readonly warm: Measured;
  /** Bytes that the server sent to a fresh profile. */
  readonly bytes: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    repetitions: { type: 'string', default: '5' },
    webgpu: { type: 'boolean', default: false },
  },
});
const [photo] = positionals;
if (photo === undefined) throw new Error('Give an image: npm run bench:browser -- photo.jpg');

const folder = await mkdtemp(join(tmpdir(), 'refinenet-browser-'));
const exported = await runCli(['export', MODEL, '--format', 'huggingface', '--output', join(folder, MODEL)]);
if (exported.code !== 0) throw new Error(exported.stderr);

async function scriptOf({ script }: Contestant): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: CHECKOUT },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2023',
    external: ['/refinenet/*', '/measured.js'],
    conditions: ['browser', 'onnxruntime-web-use-extern-wasm'],
    logLevel: 'silent',
  });
  return (outputFiles[0] as { contents: Uint8Array }).contents;
}

const pages = await servePages({
  folders: {
    '/exported/': `${folder}/`,
    '/their-engine/': join(MODULES, '@huggingface/transformers/node_modules/onnxruntime-web/dist/'),
  },
  answers: { '/photo.jpg': await readFile(photo), '/measured.js': MEASURED },
});

async function measure(contestant: Contestant): Promise<Round> {
  pages.answers['/page.js'] = await scriptOf(contestant);
  pages.answers['/'] = {
    type: 'text/html',
    body: '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>',
  };
  const browser = await openBrowser({ webgpu: contestant.webgpu ?? false });
  try {
    const context = await browser.newContext();
    const visit = async (): Promise<Measured> => {
      const page = await context.newPage();
      const failed = new Promise<never>((_, reject) => page.on('pageerror', reject));
      failed.catch(() => {});
      await page.goto(`${pages.address}?repetitions=${values.repetitions}`);
      const ready = page.waitForFunction('globalThis.result', undefined, { timeout: 600_000 });
      const result = (await (await Promise.race([ready, failed])).jsonValue()) as Measured;
      await page.close();
      return result;
    };
    const before = pages.sent();
    const cold = await visit();
    const bytes = pages.sent() - before;
    return { cold, bytes, warm: await visit() };
  } finally {
    await browser.close();
  }
}

const chosen = CONTESTANTS.filter(({ webgpu }) => !webgpu || values.webgpu);
const rounds = new Map<string, Round[]>(chosen.map(({ name }) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const contestant of chosen) {
    const result = await measure(contestant);
    rounds.get(contestant.name)?.push(result);
    console.log(contestant.name, JSON.stringify({ ...result.cold, bytes: result.bytes, warm: result.warm.first }));
  }
}
await pages.close();

const least = (list: readonly number[]): number => Math.min(...list);
const milliseconds = (value: number): string => value.toFixed(0);
const rows = [...rounds].map(([name, list]) =>
  [
    name,
    (list[0] as Round).cold.device,
    ((list[0] as Round).bytes / 1e6).toFixed(1),
    milliseconds(least(list.map(({ cold }) => cold.first))),
    milliseconds(least(list.map(({ warm }) => warm.first))),
    milliseconds(least(list.flatMap(({ cold, warm }) => [...cold.each, ...warm.each]))),
    milliseconds(least(list.map(({ cold }) => cold.longestToFirst))),
    milliseconds(least(list.flatMap(({ cold, warm }) => [cold.longest, warm.longest]))),
  ].join(' | '),
);
const table = [
  '| | computes on | MB loaded | first mask, cold | first mask, warm | a mask | longest standstill of the page to the first mask | after it |',
  '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...rows.map((row) => `| ${row} |`),
].join('\n');
const text = `# In the browser

Made by \`npm run bench:browser\` on ${new Date().toISOString().slice(0, 10)}: chromium, the model ${MODEL} on an image of 480 x 360, ${values.rounds} rounds in turn, ${values.repetitions} masks
each; milliseconds, the least of all rounds. Cold is a fresh profile and nothing in any cache, warm the same page a second time.

${table}
`;
await writeFile(new URL('results.md', import.meta.url), text);
console.log(`\n${table}`);
