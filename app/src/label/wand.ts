/** The magic wand: grows from a pixel over those that the model sees alike. */
import { effect, signal } from '@preact/signals';
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

/** The probabilities of the photograph that is looked at: a gigabyte, where it is large and classes are many. */
const seen = signal<Seen | undefined>(undefined);
let isInHand = false;

const isOfNow = (each: Seen | undefined): boolean =>
  each !== undefined && each.photo === shown.value?.photo && each.entry === model.value;

/** Holds what the model sees as long as one photograph is looked at. @returns the end of that */
export function startWand(): () => void {
  isInHand = true;
  const end = effect(() => {
    if (!isOfNow(seen.value)) seen.value = undefined;
  });
  return () => {
    end();
    isInHand = false;
    seen.value = undefined;
  };
}

async function probabilities(): Promise<Seen['values']> {
  const [now, entry] = [shown.value, model.value];
  if (!now || !entry) throw new Error(t('segment.noModel'));
  const known = seen.value;
  if (known && isOfNow(known)) return known.values;
  const { probabilities: found } = await withModel(entry, (each) => each.segment(now.bitmap), 'probabilities');
  if (!found) throw new Error(t('segment.noModel'));
  const { shape, data } = found;
  const next = { photo: now.photo, entry, values: { classes: shape.at(-3) as number, data } };
  if (isInHand && isOfNow(next)) seen.value = next;
  return next.values;
}

/** Paints what is alike around a pixel, once the model is asked; what fails, `labelFault` says. */
export async function grow(now: Labeling, point: Point): Promise<void> {
  if (isLooking.value) return;
  isLooking.value = true;
  labelFault.value = '';
  try {
    const id = painted.value;
    const { classes, data } = await probabilities();
    // What is known of them may have changed: another step, or where they were saved.
    const then = labeling.value;
    if (then?.labels !== now.labels) return;
    paint(then, growAlong(data, classes, then, point.y * then.width + point.x, likeness.value), id);
  } catch (error) {
    labelFault.value = messageOf(error);
  } finally {
    isLooking.value = false;
  }
}
