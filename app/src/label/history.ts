/** What was painted, to be taken back and done again without limit: of every step only the pixels that changed. */
import { type Area, areaOf, type Extent, joined, type Spans, wholeOf } from './spans.ts';

/** A step: spans of pixels that were alike before it and are alike after it. */
export interface Change {
  /** Begin and end of every span, one pair after the other, as places in the picture. */
  readonly spans: Uint32Array;
  /** The ids of every span. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Where all of them are. */
  readonly area: Area;
}

/** Paints on labels, and notes what was there; several calls become one step. */
export class Stroke {
  readonly #labels: Uint8Array;
  readonly #extent: Extent;
  readonly #before: Uint8Array;
  #area: Area | undefined;

  constructor(labels: Uint8Array, extent: Extent) {
    this.#labels = labels;
    this.#extent = extent;
    this.#before = labels.slice();
  }

  /** @returns the rectangle that was painted in; undefined for no spans */
  paint(spans: Spans, id: number): Area | undefined {
    for (let at = 0; at < spans.length; at += 2) this.#labels.fill(id, spans[at] as number, spans[at + 1] as number);
    const area = areaOf(spans, this.#extent.width);
    this.#area = joined(this.#area, area);
    return area;
  }

  /** Puts other labels in place of all. */
  paintAll(labels: Uint8Array): void {
    this.#labels.set(labels);
    this.#area = wholeOf(this.#extent);
  }

  /** Leaves the labels as they were. @returns where something was painted */
  cancel(): Area | undefined {
    this.#labels.set(this.#before);
    return this.#area;
  }

  /** @returns undefined where nothing differs from before. */
  end(): Change | undefined {
    const area = this.#area;
    if (!area) return undefined;
    let count = 0;
    this.#eachSpan(area, () => {
      count++;
    });
    if (count === 0) return undefined;
    const [spans, before, after] = [new Uint32Array(2 * count), new Uint8Array(count), new Uint8Array(count)];
    let at = 0;
    this.#eachSpan(area, (begin, end) => {
      spans[2 * at] = begin;
      spans[2 * at + 1] = end;
      before[at] = this.#before[begin] as number;
      after[at] = this.#labels[begin] as number;
      at++;
    });
    return { spans, before, after, area };
  }

  /** Visits the spans that changed alike. */
  #eachSpan({ left, top, right, bottom }: Area, visit: (begin: number, end: number) => void): void {
    const [now, then] = [this.#labels, this.#before];
    for (let y = top; y < bottom; y++) {
      const last = y * this.#extent.width + right;
      for (let place = y * this.#extent.width + left; place < last; ) {
        const [id, old] = [now[place], then[place]];
        const begin = place++;
        while (place < last && now[place] === id && then[place] === old) place++;
        if (id !== old) visit(begin, place);
      }
    }
  }
}

export class History {
  #done: Change[] = [];
  #undone: Change[] = [];

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Notes a step that was just done; what was taken back before it is forgotten. */
  add(change: Change): void {
    this.#done.push(change);
    this.#undone.length = 0;
  }

  /** Takes the last step back. @returns it, or undefined where there is none. */
  undo(labels: Uint8Array): Change | undefined {
    return move(labels, this.#done, this.#undone, 'before');
  }

  /** Does again what was taken back last. @returns it, or undefined where there is none. */
  redo(labels: Uint8Array): Change | undefined {
    return move(labels, this.#undone, this.#done, 'after');
  }

  /** The same steps in other ids. @param table the new one of every id */
  renamed(table: Uint8Array): History {
    const rename = (change: Change): Change => ({
      ...change,
      before: change.before.map((id) => table[id] as number),
      after: change.after.map((id) => table[id] as number),
    });
    const history = new History();
    history.#done = this.#done.map(rename);
    history.#undone = this.#undone.map(rename);
    return history;
  }
}

function move(labels: Uint8Array, from: Change[], to: Change[], state: 'before' | 'after'): Change | undefined {
  const change = from.pop();
  if (!change) return undefined;
  const { spans } = change;
  change[state].forEach((id, at) => {
    labels.fill(id, spans[2 * at], spans[2 * at + 1]);
  });
  to.push(change);
  return change;
}

/** How many more pixels have a label after a step than before it, where `none` is the id of those that have none. */
export function gained({ spans, before, after }: Change, none: number): number {
  let sum = 0;
  for (let at = 0; at < after.length; at++) {
    const sign = Number(after[at] !== none) - Number(before[at] !== none);
    sum += sign * ((spans[2 * at + 1] as number) - (spans[2 * at] as number));
  }
  return sum;
}
