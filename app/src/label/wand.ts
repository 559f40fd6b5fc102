/** The magic wand: grows from a pixel over those that the model sees alike. */
import { signal } from '@preact/signals';
import { messageOf } from '../state/messages.ts';
import { model, withModel } from '../state/models.ts';
import { shown } from '../state/segmenting.ts';
import { t } from '../strings/index.ts';
import type { Point } from '../ui/point.ts';
import { labelFault, type Labeling, labeling, likeness, painted } from './labeling.ts';
import { growAlong } from './shapes.ts';
import { paint } from './steps.ts';

/** Whether the wand waits for the model. */
export const isLooking = signal(false);

interface Seen {
  readonly photo: unknown;
  readonly entry: unknown;
  readonly values: { readonly classes: number; readonly data: Float32Array };
}

/** The last photograph's probabilities. */
let seen: Seen | undefined;

async function probabilities(): Promise<Seen['values']> {
  const [now, entry] = [shown.value, model.value];
  if (!now || !entry) throw new Error(t('segment.noModel'));
  if (seen?.photo !== now.photo || seen.entry !== entry) {
    const { probabilities: found } = await withModel(entry, (each) => each.segment(now.bitmap), 'probabilities');
    if (!found) throw new Error(t('segment.noModel'));
    const { shape, data } = found;
    seen = { photo: now.photo, entry, values: { classes: shape.at(-3) as number, data } };
  }
  return seen.values;
}

/** Paints what is alike around a pixel, once the model is asked; what fails, `labelFault` says. */
export async function grow(now: Labeling, point: Point): Promise<void> {
  if (isLooking.value) return;
  isLooking.value = true;
  labelFault.value = '';
  try {
    const id = painted.value;
    const { classes, data } = await probabilities();
    if (labeling.value !== now) return;
    paint(now, growAlong(data, classes, now, point.y * now.width + point.x, likeness.value), id);
  } catch (error) {
    labelFault.value = messageOf(error);
  } finally {
    isLooking.value = false;
  }
}
