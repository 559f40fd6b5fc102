/** Images that a data set holds more than once. */
import { addToGroup } from '../groups.ts';
import { sameBytes } from './content-hash.ts';
import type { Dataset } from './dataset.ts';
import type { ScannedSample } from './scan.ts';

/** Samples whose image files have the same bytes, in groups. Each file of a group was compared, not only its hash. */
export async function findCopies(dataset: Dataset, scanned: readonly ScannedSample[]): Promise<ScannedSample[][]> {
  const byHash = new Map<string, ScannedSample[]>();
  for (const record of scanned) {
    if (record.imageHash === undefined) continue;
    addToGroup(byHash, record.imageHash, record);
  }
  const copies: ScannedSample[][] = [];
  for (const [first, ...others] of [...byHash.values()].filter((group) => group.length > 1)) {
    const bytes = await dataset.source.read((first as ScannedSample).sample.image);
    const same = [first as ScannedSample];
    for (const other of others) {
      if (sameBytes(bytes, await dataset.source.read(other.sample.image))) same.push(other);
    }
    if (same.length > 1) copies.push(same);
  }
  return copies;
}
