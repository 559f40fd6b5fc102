/** Images of a run, for people to look at: plots and sheets of sample predictions. What cannot be written is warned of. */
import { messageOf } from '../../errors.ts';
import { encodePng } from '../../image/png.ts';
import type { RunState } from './checkpoint.ts';
import type { RunParts } from './parts.ts';
import { sampleSheet } from '../../drawing/sample-sheet.ts';
import type { PredictedSample } from './validate.ts';

/** Draws a validation's samples into `samples/` and TensorBoard's events. */
export async function drawSamples(
  parts: RunParts,
  state: RunState,
  samples: readonly PredictedSample[],
): Promise<void> {
  const sheet = sampleSheet(samples, parts.model.classes);
  const bytes = encodePng(sheet);
  parts.log.addImages(
    { update: state.updates },
    { 'validation/samples': { width: sheet.width, height: sheet.height, bytes } },
  );
  await write(parts, `samples/epoch-${String(state.epoch).padStart(4, '0')}.png`, bytes);
}

/** Draws all that was logged so far into `plots/`. */
export async function drawPlots(parts: RunParts): Promise<void> {
  for (const [name, svg] of parts.log.plots()) await write(parts, `plots/${name}`, svg);
}

const write = ({ storage, callbacks }: RunParts, path: string, bytes: Uint8Array): Promise<void> =>
  storage.write(path, bytes).catch((error: unknown) => callbacks.onWarning?.(messageOf(error)));
