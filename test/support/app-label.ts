/** Hands on the view Label: where its pixels are on the page, what it says of them, and its keys. */
import type { Page } from 'playwright-core';

/** The part of the stage that a fitted picture takes, along the side that is short of room. */
const FITTED = 0.94;

/** What hands do with the picture in the stage. */
export interface LabelStage {
  /** The middle of a pixel on the page. */
  place(x: number, y: number): Promise<[number, number]>;
  /** Points at a pixel, and waits until its label is told. */
  says(x: number, y: number, label: string): Promise<void>;
  /** Presses keys, one after another, where the picture has the focus. */
  press(...keys: readonly string[]): Promise<void>;
}

/** The stage of the page that is open whenever a hand is needed, while a square picture of `side` pixels is fitted into it. */
export function labelStage(page: () => Page, side: number): LabelStage {
  const place = async (x: number, y: number): Promise<[number, number]> => {
    const box = (await page().getByRole('application').boundingBox()) as Record<'x' | 'y' | 'width' | 'height', number>;
    const scale = (Math.min(box.width, box.height) * FITTED) / side;
    const corner = [box.x + (box.width - side * scale) / 2, box.y + (box.height - side * scale) / 2] as const;
    return [corner[0] + (x + 0.5) * scale, corner[1] + (y + 0.5) * scale];
  };
  return {
    place,
    async says(x, y, label) {
      await page().mouse.move(...(await place(x, y)));
      await page()
        .locator('.stage-readout', { hasText: `${label} · ${x}, ${y}` })
        .waitFor();
    },
    async press(...keys) {
      await page().getByRole('application').focus();
      for (const key of keys) await page().keyboard.press(key);
    },
  };
}
