/**
 * What the view begins with where nobody has chosen anything: a drawn street in the model of streets, which has many classes
 * with fine edges. The model that the page began with is back as soon as another photograph is.
 */
import { batch, computed, effect, signal } from '@preact/signals';
import { messageOf } from '../state/messages.ts';
import { modelFault, modelName, models } from '../state/models.ts';
import { isSample, photos, sampleOf, showSampleOf } from '../state/photos.ts';
import { isProbed } from './settings.ts';

/** The model that the page begins with, and the one whose sample shows more of the refinement. */
const [DEFAULT, STREETS] = ['general', 'street-scenes'];

const stage = signal<'before' | 'begun' | 'over'>('before');

/** Whether the street is about to come. */
export const isBeginning = computed(
  () =>
    stage.value === 'before' &&
    isSample.value &&
    modelName.value === DEFAULT &&
    models.value.some(({ name }) => name === STREETS),
);

/** Begins with the street, if nothing was chosen. */
export function beginWithStreet(): void {
  if (stage.peek() !== 'before') return;
  const end = effect(() => {
    if (isBeginning.value) void begin();
    else if (stage.value === 'before' && photos.value.length > 0 && models.value.length > 0) stage.value = 'over';
    else if (stage.value === 'begun' && (!isSample.value || modelName.value !== STREETS)) giveBack();
    if (stage.value === 'over') queueMicrotask(() => end());
  });
}

async function begin(): Promise<void> {
  try {
    const street = await sampleOf(STREETS);
    if (!isBeginning.peek()) return;
    batch(() => {
      showSampleOf(street);
      modelName.value = STREETS;
      // The classifier never saw features as coarse as most of these.
      isProbed.value = true;
      stage.value = 'begun';
    });
  } catch (error) {
    stage.value = 'over';
    modelFault.value = messageOf(error);
  }
}

function giveBack(): void {
  batch(() => {
    stage.value = 'over';
    if (modelName.value === STREETS) modelName.value = DEFAULT;
    isProbed.value = false;
  });
}
