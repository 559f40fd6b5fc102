/** The native engine's module, and what to do where it is missing. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, RuntimeError } from '../../errors.ts';

export type OnnxRuntimeNode = typeof import('onnxruntime-node');

/**
 * Loads onnxruntime-node.
 * @throws RuntimeError if it is not there or cannot be loaded; the message, one line, says what to do.
 */
export async function importNative(): Promise<OnnxRuntimeNode> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new RuntimeError(whyMissing(error), { cause: error });
  }
}

/**
 * Why the native engine does not compute, and the command that brings it if it is not installed. One that is installed and
 * cannot be loaded has no code for this system: installing it again would not help.
 * @param here a file of this package, as it is installed.
 */
export function whyMissing(error: unknown, here = fileURLToPath(import.meta.url), cwd = process.cwd()): string {
  if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') {
    return `The native engine, onnxruntime-node, is not installed. This installs it: ${installCommand(here, cwd)}.`;
  }
  const [reason] = messageOf(error).split('\n') as [string];
  return `The native engine, onnxruntime-node, cannot be loaded on ${process.platform}/${process.arch}: ${reason.replace(/[.\s]+$/, '')}.`;
}

/**
 * npm leaves an optional package out, without a word, if its install script fails. Without scripts it comes whole: they only
 * fetch GPU libraries. Naming the package would make it a dependency of the user's own project, whose installation then fails.
 */
function installCommand(here: string, cwd: string): string {
  const [project] = here.split(`${sep}node_modules${sep}`) as [string];
  const folder = project === here ? packageFolder(here) : project;
  if (!existsSync(join(folder, 'package.json'))) return 'npm install --global --ignore-scripts refinenet';
  return `npm install --ignore-scripts${folder === resolve(cwd) ? '' : ` --prefix "${folder}"`}`;
}

/** The nearest folder above with a package.json. */
function packageFolder(file: string): string {
  const folder = dirname(file);
  return folder === file || existsSync(join(folder, 'package.json')) ? folder : packageFolder(folder);
}
