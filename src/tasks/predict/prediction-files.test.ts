import { expect, test } from 'vitest';
import { OUTPUT_FORMATS } from '../../inference/outputs/index.ts';
import { Segmentation } from '../../inference/segmentation/segmentation.ts';
import { labelMap } from '../../image/label-map.ts';
import { float32 } from '../../tensor/tensor.ts';
import type { TaskFiles } from '../task-files.ts';
import { writePrediction } from './prediction-files.ts';
import type { PredictRequest } from './request.ts';
import { resultEndings } from './result-suffixes.ts';

const CLASSES = [
  { name: 'ground', color: [0, 0, 0] },
  { name: 'Traffic / light.2', color: [250, 170, 30] },
] as const;

test('what is written for an image are the files that are looked for before, of every format', async () => {
  const scores = float32([1, 2, 1, 2], [0.9, 0.2, 0.1, 0.8]);
  const segmentation = new Segmentation(
    { width: 2, height: 1, data: new Uint8Array(6) },
    {
      labels: labelMap(2, 1, Uint8Array.of(0, 1)),
      confidence: Float32Array.of(0.9, 0.8),
      entropy: Float32Array.of(0.1, 0.2),
      probabilities: float32([2, 1, 2], scores.data),
      logits: scores,
    },
    CLASSES,
  );
  const written: string[] = [];
  const files = {
    join: (folder: string, name: string) => `${folder}/${name}`,
    nameOf: (path: string) => path,
    absolute: (path: string) => path,
    write: async (path: string) => void written.push(path),
    writeImage: async (path: string) => void written.push(path),
  } as unknown as TaskFiles;
  const formats = OUTPUT_FORMATS.map(({ name }) => name as PredictRequest['formats'][number]);
  const asked = { formats, probabilities: true, logits: true };
  await writePrediction(
    { path: 'a.b.jpg', name: 'a.b' },
    segmentation,
    {
      ...asked,
      output: 'out',
      opacity: 0.5,
      model: 'm',
      provider: 'cpu',
      classes: CLASSES,
      formats: OUTPUT_FORMATS,
      context: {},
    },
    files,
  );
  expect(written).toHaveLength(OUTPUT_FORMATS.length + 6);
  const endings = await resultEndings(asked);
  expect(written.filter((path) => !endings.test(path.slice('out/a.b'.length)))).toEqual([]);
});
