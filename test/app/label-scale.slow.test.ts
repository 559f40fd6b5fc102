/** Labels of a picture of twelve million pixels: what a hand waits for takes no longer than few walks over them. */
import { describe, expect, test } from 'vitest';
import { IGNORED } from '../../app/src/label/dataset.ts';
import { type Change, gained, History, Stroke } from '../../app/src/label/history.ts';
import { brushAlong, floodFill } from '../../app/src/label/shapes.ts';
import { wholeOf } from '../../app/src/label/spans.ts';
import { tinted } from '../../app/src/label/tinted.ts';

const EXTENT = { width: 4000, height: 3000 };
const CELLS = EXTENT.width * EXTENT.height;
const TABLE = Uint32Array.from({ length: 256 }, (_, id) => id);

/** The shortest of a few times: others on the same machine only make it longer. */
function shortest(work: () => void): number {
  const times = Array.from({ length: 4 }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  });
  return Math.min(...times);
}

/** A walk over all pixels, which gives each a color. */
const walk = (): number => {
  const labels = new Uint8Array(CELLS).fill(IGNORED);
  return shortest(() => tinted(labels, EXTENT.width, wholeOf(EXTENT), TABLE));
};

describe('in a picture of 12 megapixels', () => {
  test('a move of the brush takes less than a walk over all pixels', () => {
    const labels = new Uint8Array(CELLS);
    const stroke = new Stroke(labels, EXTENT);
    const move = shortest(() => {
      const area = stroke.paint(brushAlong({ x: 1000, y: 1000 }, { x: 1040, y: 1030 }, 16, EXTENT), 1);
      expect(tinted(labels, EXTENT.width, area as NonNullable<typeof area>, TABLE).length).toBeLessThan(60 * 50);
    });
    expect(move).toBeLessThan(walk());
  });

  test('a fill of all of them, taken back and done again, takes less than sixty', () => {
    const labels = new Uint8Array(CELLS).fill(IGNORED);
    const history = new History();
    const fill = shortest(() => {
      const stroke = new Stroke(labels, EXTENT);
      stroke.paint(floodFill(labels, EXTENT, CELLS / 2), labels[0] === 1 ? 2 : 1);
      history.add(stroke.end() as Change);
      history.undo(labels);
      history.redo(labels);
    });
    expect(fill).toBeLessThan(60 * walk());
  });

  test('a step is as small as its rows are many, and one of 24 million pixels is done, too', () => {
    const extent = { width: 6000, height: 4000 };
    const labels = new Uint8Array(extent.width * extent.height);
    const stroke = new Stroke(labels, extent);
    stroke.paintAll(new Uint8Array(labels.length).fill(IGNORED));
    const change = stroke.end() as Change;
    expect(change.before).toHaveLength(4000);
    expect(gained(change, IGNORED)).toBe(-labels.length);
  });
});
