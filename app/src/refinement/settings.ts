/** What is shown of the network. */
import { signal } from '@preact/signals';
import type { Reading } from './features.ts';

export type Look = 'classes' | 'output' | 'input' | 'difference';

/** The name of the station that is looked at. */
export const selected = signal('');
export const look = signal<Look>('classes');
export const reading = signal<Reading>('components');
export const channel = signal(0);
/** Which of the station's inputs is looked at, or compared with what it gives. */
export const input = signal(0);
/** Whether features are read by a probe where the classifier could take them too. */
export const isProbed = signal(false);
/** Whether the slider moves by itself, from coarse to fine. */
export const isPlaying = signal(false);
/** The step of the tour; null outside of it. */
export const tourStep = signal<number | null>(null);

export function select(name: string): void {
  isPlaying.value = false;
  selected.value = name;
}
