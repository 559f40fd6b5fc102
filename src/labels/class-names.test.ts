import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { parseClassNames, readClassNames } from './class-names.ts';

test('class names may have their ids in front, which must count', () => {
  expect(parseClassNames(['sky', 'sea 2'], 'x')).toEqual(['sky', 'sea 2']);
  expect(parseClassNames(['0: sky', '1: sea'], 'x')).toEqual(['sky', 'sea']);
  expect(() => parseClassNames(['1 sky', '2 sea'], 'x')).toThrow('x: the ids before the names do not count 0, 1, 2');
  expect(() => parseClassNames([], 'x')).toThrow('x: it names 0 classes.');
});

describe('a file of class names', () => {
  test.each([
    ['names.txt', 'sky\r\n\n  sea \n'],
    ['names.json', '["sky", "sea"]'],
    ['config.json', '{"id2label": {"1": "sea", "0": "sky"}}'],
    ['data.yaml', 'path: .\nnames:\n  0: sky\n  1: sea\n'],
    ['data.YML', 'names: [sky, sea]'],
  ])('is read from %s', (file, content) => {
    expect(readClassNames(content, file)).toEqual(['sky', 'sea']);
  });

  test.each([
    ['names.txt', '\n'],
    ['names.json', '["sky", 2]'],
    ['config.json', '{"id2label": {"1": "sky"}}'],
    ['data.yaml', 'path: .'],
  ])('says so where %s holds no names', (file, content) => {
    expect(() => readClassNames(content, file)).toThrow(
      new UsageError(
        `${file} holds no class names. It may be a text with one name a line, a JSON list, or YAML with "names" numbered from 0.`,
      ),
    );
  });

  test('says so where it cannot be parsed', () => {
    expect(() => readClassNames('[', 'names.json')).toThrow(/^names\.json cannot be parsed: /);
  });
});
