/** What files that broke a reader are called, before their hash. */
import type { Reader } from './reader.ts';

export const foundName = ({ name }: Pick<Reader, 'name'>): string => name.replaceAll(/\W+/g, '-');
