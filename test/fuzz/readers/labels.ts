/** Shapes as people have drawn them: a data set of each format, with one of its files given, read to its pixels. */
import type * as fc from 'fast-check';
import { openDataset } from '../../../src/data/dataset.ts';
import { readSample } from '../../../src/data/read-sample.ts';
import { decodeDatasetImage } from '../../../src/platform/node/dataset-files.ts';
import { type AnnotatedFixture, FIXTURES } from '../../support/annotated-files.ts';
import { bytesOf, memorySource } from '../../support/drawn/files.ts';
import { changedJson } from '../mutations.ts';
import type { Reader } from '../reader.ts';
import { tableStructures } from '../structures/table.ts';
import { xmlStructures } from '../structures/xml.ts';
import { yamlStructures } from '../structures/yaml.ts';

/** Files of labels; those of the images to validate on are of the same kind. */
const isRead = (path: string): boolean => /\.(json|xml|csv|txt|yaml)$/.test(path) && !/(\b|_)val(id)?(\b|_)/.test(path);

const STRUCTURES: Readonly<Record<string, (text: string) => fc.Arbitrary<Uint8Array>>> = {
  json: (text) => changedJson(JSON.parse(text)),
  xml: xmlStructures,
  csv: (text) => tableStructures(text, ','),
  txt: (text) => tableStructures(text, ' '),
  yaml: yamlStructures,
};

function labelReader(fixture: string, { files }: AnnotatedFixture, path: string): Reader {
  const seed = bytesOf(files[path] as Uint8Array | string);
  const text = new TextDecoder().decode(seed);
  const structures = STRUCTURES[path.split('.').at(-1) as string] as (typeof STRUCTURES)[string];
  return {
    name: `labels ${fixture}: ${path}`,
    seeds: () => [seed],
    structures: () => structures(text),
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
