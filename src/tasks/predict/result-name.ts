/** Names of results inside their folder. */
import { UsageError } from '../../errors.ts';

/** Whether a name, which may have folders in it, leads to something inside of the folder that it is joined to, on any system. */
export const staysInside = (name: string): boolean => !/^([/\\]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)|\0/i.test(name);

/** @throws UsageError for a name that leads out of the folder, as a key in a bucket may. */
export function checkResultName(name: string, path: string): void {
  if (staysInside(name)) return;
  throw new UsageError(
    `${path}: its results would be called ${JSON.stringify(name)}, which leads out of their folder. Rename it, or name its own folder.`,
  );
}
