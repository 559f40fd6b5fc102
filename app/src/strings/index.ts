/** The texts of the page, in the browser's language. */
import { en, type StringKey } from './en.ts';
import { ja } from './ja.ts';

export type { StringKey };

export const LANGUAGES = { en, ja } as const;

export type Language = keyof typeof LANGUAGES;

/** The first of the browser's languages that there is a table for; English for none. */
export function languageOf(preferred: readonly string[]): Language {
  const known = preferred
    .map((tag) => tag.toLowerCase().split('-')[0])
    .find((tag) => tag !== undefined && tag in LANGUAGES);
  return (known ?? 'en') as Language;
}

export const language: Language = languageOf(navigator.languages);

/** A text of the page, with values in place of {name}. */
export function t(key: StringKey, values: Readonly<Record<string, string | number>> = {}): string {
  return LANGUAGES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

const percentage = new Intl.NumberFormat(language, {
  style: 'percent',
  maximumFractionDigits: 1,
  minimumFractionDigits: 1,
});

export const percent = (share: number): string => percentage.format(share);
