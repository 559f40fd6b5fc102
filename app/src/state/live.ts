/** A video file or the camera, segmented as it plays. */
import { signal } from '@preact/signals';
import { messageOf } from './messages.ts';
import { modelFault } from './models.ts';
import { isLive } from './segmenting.ts';
import { t } from '../strings/index.ts';

/** What plays: a video's address, or the camera's stream. */
export type LiveSource = { readonly address: string } | { readonly stream: MediaStream };

export const live = signal<LiveSource | null>(null);

/** Counts what was to play or ended, so that a camera that starts late is known to be wanted no longer. */
let changes = 0;

export function playVideo(file: Blob): void {
  stopLive();
  live.value = { address: URL.createObjectURL(file) };
  isLive.value = true;
}

export async function startCamera(): Promise<void> {
  modelFault.value = '';
  // Browsers leave it out of pages that others could have changed on their way.
  if (!navigator.mediaDevices) {
    modelFault.value = t('live.noCamera');
    return;
  }
  stopLive();
  const asked = changes;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
    if (changes !== asked) {
      stopTracks(stream);
      return;
    }
    live.value = { stream };
    isLive.value = true;
  } catch (error) {
    if (changes === asked) modelFault.value = messageOf(error);
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Gives the camera or the file back; until `stopLive` no photograph takes the place of the last frame. */
export function endSource(): void {
  changes++;
  const source = live.value;
  if (source && 'stream' in source) stopTracks(source.stream);
  if (source && 'address' in source) URL.revokeObjectURL(source.address);
  live.value = null;
}

/** Ends the video and gives the camera back. */
export function stopLive(): void {
  endSource();
  isLive.value = false;
}
