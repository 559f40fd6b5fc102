/** The texts of the app: every language has all of them. */
import { describe, expect, test } from 'vitest';
import { en } from '../../app/src/strings/en.ts';
import { ja } from '../../app/src/strings/ja.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('the Japanese texts', () => {
  test('have the keys of the English ones, in their order', () => {
    expect(Object.keys(ja)).toEqual(Object.keys(en));
  });

  test.each(Object.entries(ja))('%s has the values that the English one has, and a text', (key, text) => {
    expect(text.trim()).not.toBe('');
    expect(placeholders(text)).toEqual(placeholders(en[key as keyof typeof en]));
  });
});
