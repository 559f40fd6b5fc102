/** The photographs that were given, and the one that is looked at. */
import { computed, signal } from '@preact/signals';

export interface Photo {
  readonly name: string;
  readonly file: Blob;
}

export const photos = signal<readonly Photo[]>([]);
export const photoIndex = signal(0);
export const photo = computed(() => photos.value[photoIndex.value]);

/** The drawn street that the page begins with. */
export async function showSample(): Promise<void> {
  const answer = await fetch('street.webp');
  showPhotos([{ name: 'street.webp', file: await answer.blob() }]);
}

/** Takes these in place of those before. */
export function showPhotos(given: readonly Photo[]): void {
  photos.value = given;
  photoIndex.value = 0;
}

/** The name without folder and ending. */
export const stemOf = (name: string): string => name.replace(/^.*\//, '').replace(/\.\w+$/, '');
