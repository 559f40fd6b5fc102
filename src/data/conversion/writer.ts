/** Says what a data set is converted by. */
import { stringify } from 'yaml';
import type { Dataset } from '../dataset.ts';
import type { FileSink } from '../file-source.ts';
import type { LabeledImage } from '../sample.ts';

export interface ConvertedSample {
  readonly split: string;
  /** `SPLIT/NAME` without an extension. */
  readonly name: string;
  /** Where its image was written. */
  readonly image: string;
  readonly labels: LabeledImage['labels'];
}

export interface DatasetWriter {
  /** Several samples may be added at once; their order does not count. */
  add(sample: ConvertedSample): Promise<void>;
  /** Writes what describes the data set, last, and names that file, or the folder of several. */
  end(): Promise<{ readonly entry: string; readonly losses: readonly string[] }>;
}

export type StartWriting = (to: {
  readonly dataset: Dataset;
  readonly splits: readonly string[];
  readonly sink: FileSink;
}) => DatasetWriter;

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A `data.yaml` with the folders of the splits and numbered names. */
export function dataYaml(
  splits: readonly string[],
  names: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Uint8Array {
  return utf8(
    stringify({
      path: '.',
      ...Object.fromEntries(splits.map((split) => [split, `images/${split}`])),
      ...more,
      // A map keeps the ids numbers.
      names: new Map(names.map((name, id) => [id, name])),
    }),
  );
}

/** What is lost where only shapes are drawn: what a data set without a background becomes. */
export function backgroundLoss(dataset: Dataset): string[] {
  return drawnIds(dataset).length < dataset.classes.length
    ? []
    : [
        'There is no class called background. What reads shapes has one, for what lies outside of them: as class 0, the others after it.',
      ];
}

/** Ids of the classes that are drawn: all but the background, if there is one. */
export function drawnIds({ classes }: Dataset): number[] {
  return classes.flatMap(({ name }, id) => (/^_*background_*$/i.test(name) ? [] : [id]));
}
