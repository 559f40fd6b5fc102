/** Before all tests: brings `dist` up to date, because the command line, worker threads and pages run from there. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMPILER = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const BUNDLERS = ['bundle-command', 'bundle-browser'].map((name) =>
  fileURLToPath(new URL(`../../tools/${name}.js`, import.meta.url)),
);

/** Wrong types are told and do not end the run: the compiler writes `dist` in spite of them, and one file can be tested. */
export function setup(): void {
  const { status } = spawnSync(process.execPath, [COMPILER, '--build'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) console.warn('The types of src/ are wrong, see above; the tests run what was built all the same.');
  for (const bundler of BUNDLERS) spawnSync(process.execPath, [bundler], { cwd: ROOT, stdio: 'inherit' });
}
