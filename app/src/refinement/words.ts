/** What the kinds of stations are called. */
import { type StringKey, t } from '../strings/index.ts';

const KINDS = ['encoder', 'reduction', 'adapt', 'fusion', 'pooling', 'output', 'head', 'classifier', 'crf'] as const;

type Kind = (typeof KINDS)[number];

const known = (kind: string): Kind | undefined => KINDS.find((each) => each === kind);

/** In a word, as it fits into the diagram. */
export const kindWord = (kind: string): string => t(`word.${known(kind) ?? 'reduction'}` satisfies StringKey);

export const kindText = (kind: string): string => t(`kind.${known(kind) ?? 'reduction'}` satisfies StringKey);

/** What it does, in the paper's words. */
export const kindExplained = (kind: string): string => t(`about.${known(kind) ?? 'reduction'}` satisfies StringKey);
