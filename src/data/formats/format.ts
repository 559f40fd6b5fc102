/** What a data set format is. */
import type { LabelClass } from '../../labels/label-class.ts';
import type { MaskEncoding } from '../mask.ts';
import type { FileSource } from '../file-source.ts';
import type { Pairs } from '../pairing.ts';
import type { Folder } from './folder.ts';

export interface DatasetLayout {
  /** Null if the folder does not say: then the ids in the masks are the classes. */
  readonly classes: readonly LabelClass[] | null;
  /** Null together with unknown classes: ids as they are, and 255 for ignore. */
  readonly encoding: MaskEncoding | null;
  readonly splits: ReadonlyMap<string, Pairs>;
  /** Where the samples' files are, if some are in other files. */
  readonly source?: FileSource;
  /** What was decided on the way and might surprise. */
  readonly notes?: readonly string[];
}

export interface DatasetFormat {
  readonly name: string;
  /** The files by which it is known, as said in the message that nothing was found. */
  readonly looksFor: string;
  /** Where a table of classes is looked for that makes masks in colors readable; undefined if the layout has ids only. */
  readonly colorTable?: string;
  /** Whether the folder is laid out so. Cheap: names, and the beginning of lists at most. */
  detect(folder: Folder): boolean | Promise<boolean>;
  /** @throws FormatError if the folder is not laid out so after all, saying what is missing. */
  read(folder: Folder): Promise<DatasetLayout>;
}
