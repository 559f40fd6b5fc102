/** A place in a picture, in its pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
