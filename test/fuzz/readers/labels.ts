/** Shapes as people have drawn them: a data set of each format, with one of its files given, read to its pixels. */
import { openDataset } from '../../../src/data/dataset.ts';
import { readSample } from '../../../src/data/read-sample.ts';
import { decodeDatasetImage } from '../../../src/platform/node/dataset-files.ts';
import { type AnnotatedFixture, FIXTURES } from '../../support/annotated-files.ts';
import { bytesOf, memorySource } from '../../support/drawn-files.ts';
import { changedJson } from '../mutations.ts';
import type { Reader } from '../reader.ts';

/** Files of labels; those of the images to validate on are of the same kind. */
const isRead = (path: string): boolean => /\.(json|xml|csv|txt|yaml)$/.test(path) && !/\bval\b/.test(path);

function labelReader(fixture: string, { files }: AnnotatedFixture, path: string): Reader {
  const seed = bytesOf(files[path] as Uint8Array | string);
  const text = new TextDecoder().decode(seed);
  return {
    name: `labels ${fixture}: ${path}`,
    seeds: () => [seed],
    ...(path.endsWith('.json') && { structures: () => changedJson(JSON.parse(text)) }),
    async read(bytes) {
      const dataset = await openDataset(memorySource({ ...files, [path]: bytes }));
      for (const split of dataset.splits) {
        for (const sample of dataset.samples(split)) await readSample(dataset, sample, decodeDatasetImage);
      }
    },
    cost: 10,
  };
}

export const LABEL_READERS: readonly Reader[] = Object.entries(FIXTURES).flatMap(([name, fixture]) =>
  Object.keys(fixture.files)
    .filter(isRead)
    .map((path) => labelReader(name, fixture, path)),
);
