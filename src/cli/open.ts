/** Showing a file in whatever the platform opens it with. */
import { spawn } from 'node:child_process';

/** The program that opens files, by Node's name of the platform; elsewhere that of freedesktop.org. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', win32: 'explorer.exe' };

export function openerOf(platform: NodeJS.Platform): string {
  return OPENERS[platform] ?? 'xdg-open';
}

/** Starts the opener and does not wait for it. @returns whether it could be started. */
export function openFile(path: string, opener: string = openerOf(process.platform)): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(opener, [path], { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
