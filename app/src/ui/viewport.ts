/** How a picture lies on its stage: fitted into it, or zoomed and moved. */
import { signal } from '@preact/signals';
import type { Point } from './point.ts';

/** CSS pixels from the stage's corner, and for one of the picture's. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const LARGEST = 64;
const MARGIN = 0.94;
/** How much of the picture always stays in sight, and how near to the edge a cursor may come, in CSS pixels. */
const [REST, EDGE] = [40, 24];

export const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

export class Viewport {
  /** Of the stage, in CSS pixels. */
  readonly box = signal({ width: 0, height: 0 });
  readonly #width: number;
  readonly #height: number;
  /** Null as long as the picture is fitted into the stage. */
  readonly #moved = signal<View | null>(null);

  /** @param width of the picture, in its pixels, as is the height. */
  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  get view(): View {
    return this.#moved.value ?? this.#fitted;
  }

  get #fitted(): View {
    const { width, height } = this.box.value;
    const scale = Math.min((width * MARGIN) / this.#width, (height * MARGIN) / this.#height);
    return { scale, x: (width - this.#width * scale) / 2, y: (height - this.#height * scale) / 2 };
  }

  fit(): void {
    this.#moved.value = null;
  }

  /** @param around what stays where it is, on the stage; its middle when left out. */
  zoom(factor: number, around: Point = { x: this.box.value.width / 2, y: this.box.value.height / 2 }): void {
    const now = this.view;
    const least = this.#fitted.scale;
    const scale = within(now.scale * factor, least, LARGEST);
    const ratio = scale / now.scale;
    this.#moved.value =
      scale === least
        ? null
        : { scale, x: around.x - (around.x - now.x) * ratio, y: around.y - (around.y - now.y) * ratio };
  }

  pan(x: number, y: number): void {
    const now = this.view;
    const { width, height } = this.box.value;
    this.#moved.value = {
      scale: now.scale,
      x: within(now.x + x, REST - this.#width * now.scale, width - REST),
      y: within(now.y + y, REST - this.#height * now.scale, height - REST),
    };
  }

  /** The picture's pixel at a place on the stage; it may lie outside. */
  pixelAt({ x, y }: Point): Point {
    const now = this.view;
    return { x: Math.floor((x - now.x) / now.scale), y: Math.floor((y - now.y) / now.scale) };
  }

  isInside({ x, y }: Point): boolean {
    return x >= 0 && y >= 0 && x < this.#width && y < this.#height;
  }

  /** The pixel of the picture that is nearest. */
  nearest({ x, y }: Point): Point {
    return { x: within(x, 0, this.#width - 1), y: within(y, 0, this.#height - 1) };
  }

  get middle(): Point {
    return { x: Math.floor(this.#width / 2), y: Math.floor(this.#height / 2) };
  }

  /** Moves the picture as little as it takes for a pixel to be seen. */
  reveal({ x, y }: Point): void {
    const now = this.view;
    const { width, height } = this.box.value;
    const over = (place: number, size: number): number =>
      place < EDGE ? EDGE - place : place > size - EDGE ? size - EDGE - place : 0;
    const [right, down] = [over(now.x + x * now.scale, width), over(now.y + y * now.scale, height)];
    if (right !== 0 || down !== 0) this.pan(right, down);
  }
}
