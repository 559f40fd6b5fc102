/**
 * Compares the masks that `refinenet serve` answers with, eight clients at once, with those that `refinenet predict` writes, byte
 * for byte: `npx tsx bench/masks.ts MODEL FOLDER...` takes all photographs that lie in the folders.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { IMAGE_EXTENSIONS } from '../src/image/image-kinds.ts';
import { runCli } from '../test/support/run-cli.ts';
import { CLIENTS, differingMasks } from '../test/support/served-masks.ts';
import { startServer } from '../test/support/server.ts';

const [model, ...folders] = process.argv.slice(2);
if (model === undefined || folders.length === 0) throw new Error('Usage: npx tsx bench/masks.ts MODEL FOLDER...');

const found: string[] = [];
for (const folder of folders) {
  for (const name of await readdir(folder)) {
    if (IMAGE_EXTENSIONS.includes(extname(name).toLowerCase())) found.push(join(folder, name));
  }
}
if (new Set(found.map((path) => basename(path, extname(path)))).size < found.length) {
  throw new Error('Two photographs have one name, so that one mask would be written over the other.');
}
const output = await mkdtemp(join(tmpdir(), 'refinenet-masks-'));
const server = await startServer([model, '--engines', '2', '--queue', '64', '--timeout', '600']);
try {
  const { code, stderr } = await runCli(['predict', ...found, '--model', model, '--output', output]);
  if (code !== 0) throw new Error(`predict ended with ${code}: ${stderr}`);
  const differing = await differingMasks(server.url, found, output);
  console.log(
    `${found.length} photographs, ${model}, ${CLIENTS} clients: ${found.length - differing.length} masks are predict's, byte for byte`,
  );
  for (const [photo, status] of differing) console.log(`${photo}: another mask (${status})`);
  process.exitCode = differing.length === 0 ? 0 : 1;
} finally {
  await server.end();
  await rm(output, { recursive: true, force: true });
}
