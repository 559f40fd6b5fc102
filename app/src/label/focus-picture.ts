/** Where the keys of the picture are heard again, after a click beside it. */

/** Gives the picture the focus after a click of a pointer; whoever pressed a key stays where the keys led. */
export function focusPicture({ detail }: Pick<MouseEvent, 'detail'>): void {
  if (detail > 0) document.querySelector<HTMLElement>('.labeling .stage-canvas')?.focus({ preventScroll: true });
}
