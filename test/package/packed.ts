/** The package as npm would publish it, and projects that have it: empty folders of strangers. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** What installing, a compiler and a browser may take on a busy machine. */
export const SLOW_MS = 300_000;

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in a folder; a failure is a result too. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<Finished> {
  try {
    const environment = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
    return {
      code: 0,
      ...(await promisify(execFile)(program, args, { cwd, env: environment, maxBuffer: 2 ** 26 })),
    };
  } catch (error) {
    const { code, stdout, stderr } = error as Error & Finished;
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}

/** An empty folder for one test file. */
export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'refinenet-package-'));

/** Packs the built checkout; returns the archive's path and what is in it. */
export async function pack(folder: string): Promise<{ readonly archive: string; readonly files: readonly string[] }> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { code, stdout, stderr } = await run('npm', args, CHECKOUT);
  if (code !== 0) throw new Error(`npm pack: ${stderr}`);
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { archive: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}

/** A project that has the package and the checkout's copies of its dependencies, all but those left out. */
export async function linkedProject(archive: string, project: string, without: readonly string[] = []): Promise<void> {
  const modules = join(project, 'node_modules');
  await mkdir(join(modules, 'refinenet'), { recursive: true });
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  const { code, stderr } = await run(
    'tar',
    ['-xzf', archive, '-C', join(modules, 'refinenet'), '--strip-components=1'],
    project,
  );
  if (code !== 0) throw new Error(`tar: ${stderr}`);
  for (const name of await dependencies()) {
    if (without.includes(name)) continue;
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(CHECKOUT, 'node_modules', name), join(modules, name), 'junction');
  }
}

/** Everything in the checkout's node_modules but this package itself. */
async function dependencies(): Promise<readonly string[]> {
  const modules = join(CHECKOUT, 'node_modules');
  const names = (await readdir(modules)).filter((name) => !name.startsWith('.'));
  const scoped = await Promise.all(
    names.map(async (name) =>
      name.startsWith('@') ? (await readdir(join(modules, name))).map((own) => `${name}/${own}`) : [name],
    ),
  );
  return scoped.flat();
}

/** An image of a street, roughly: sky, houses, a road, a car. */
export async function drawPhoto(file: string): Promise<void> {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="360">
    <rect width="480" height="360" fill="#9cc4e8"/><rect y="90" width="150" height="130" fill="#96604a"/>
    <rect x="330" y="60" width="150" height="160" fill="#8a7a6a"/><rect y="210" width="480" height="150" fill="#5a5a5e"/>
    <rect x="200" y="190" width="90" height="50" rx="12" fill="#a02020"/></svg>`;
  await sharp(Buffer.from(drawing)).jpeg().toFile(file);
}

/** Where Debian puts its browser; undefined where there is none. */
export const chromium = ['/usr/bin/chromium'].find((path) => existsSync(path));
