/** Images of formats that are not read: they are passed over, but not in silence. */
import { extensionOf } from './file-source.ts';

/** `3 files are of a format that is not read (2 .bmp, 1 .gif), and passed over`; the most frequent extension first. */
export function describePassedOver(paths: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(extensionOf(path), (counts.get(extensionOf(path)) ?? 0) + 1);
  const extensions = [...counts].sort((a, b) => b[1] - a[1]).map(([extension, count]) => `${count} ${extension}`);
  const subject = paths.length === 1 ? '1 file is' : `${paths.length} files are`;
  return `${subject} of a format that is not read (${extensions.join(', ')}), and passed over`;
}
