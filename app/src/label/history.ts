/** What was painted, to be taken back and done again without limit: of every step only the pixels that changed. */

/** A step: the places of its pixels, and what is there before and after it. */
export interface Change {
  readonly places: Uint32Array;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Paints on labels, and notes what was there; several calls become one step. */
export class Stroke {
  readonly #labels: Uint8Array;
  readonly #before = new Map<number, number>();

  constructor(labels: Uint8Array) {
    this.#labels = labels;
  }

  paint(places: Iterable<number>, id: number): void {
    for (const place of places) {
      if (!this.#before.has(place)) this.#before.set(place, this.#labels[place] as number);
      this.#labels[place] = id;
    }
  }

  /** @returns undefined where nothing differs from before. */
  end(): Change | undefined {
    const changed = [...this.#before].filter(([place, before]) => this.#labels[place] !== before);
    if (changed.length === 0) return undefined;
    return {
      places: Uint32Array.from(changed, ([place]) => place),
      before: Uint8Array.from(changed, ([, before]) => before),
      after: Uint8Array.from(changed, ([place]) => this.#labels[place] as number),
    };
  }
}

export class History {
  readonly #done: Change[] = [];
  readonly #undone: Change[] = [];

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
}

function move(labels: Uint8Array, from: Change[], to: Change[], state: 'before' | 'after'): Change | undefined {
  const change = from.pop();
  if (!change) return undefined;
  change.places.forEach((place, at) => {
    labels[place] = change[state][at] as number;
  });
  to.push(change);
  return change;
}
