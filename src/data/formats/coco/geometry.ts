/** Reads COCO's segmentations, of which a file has several kinds. */
import { brokenGeometry, isNumbers, outlineGeometry, type ReadGeometry } from '../../annotations/read-geometry.ts';
import { hasContent } from './schema.ts';

/** A segmentation as a geometry, or what is wrong with it. */
export function cocoGeometry(segmentation: unknown): ReadGeometry {
  if (!hasContent(segmentation)) return { faults: [{ kind: 'box-only', detail: 'it has no segmentation' }] };
  if (Array.isArray(segmentation)) {
    // Some write one polygon without the list around it.
    return outlineGeometry(typeof segmentation[0] === 'number' ? [segmentation] : segmentation);
  }
  const { size, counts } = segmentation as { size?: unknown; counts?: unknown };
  const isSize =
    Array.isArray(size) && size.length === 2 && size.every((side) => Number.isSafeInteger(side) && side > 0);
  if (!isSize || !(typeof counts === 'string' || isNumbers(counts))) {
    return brokenGeometry('its run lengths lack size, [height, width], or counts, a text or a list of numbers');
  }
  return { geometry: { kind: 'run-lengths', size: size as unknown as [number, number], counts }, faults: [] };
}
