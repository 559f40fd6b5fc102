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
    ['names.txt', '# what is seen\n0: sky\n# and below\n1: sea\n'],
    ['names.json', '["sky", "sea"]'],
    ['config.json', '{"id2label": {"1": "sea", "0": "sky"}}'],
    ['data.yaml', 'path: .\nnames:\n  0: sky\n  1: sea\n'],
    ['data.YML', 'names: [sky, sea]'],
  ])('is read from %s', (file, content) => {
    expect(readClassNames(content, file)).toEqual(['sky', 'sea']);
  });

  test.each([
    ['names.txt', '\n'],
    ['names.txt', '# sky\n'],
    ['config.json', '{"id2label": {"1": "sky"}}'],
    ['data.yaml', 'path: .'],
  ])('says so where %s holds no names', (file, content) => {
    expect(() => readClassNames(content, file)).toThrow(
      new UsageError(
        `${file} holds no class names. It may be a text with one name a line, a JSON list, or YAML with "names" numbered from 0.`,
      ),
    );
  });

  test('takes numbers, and what is a truth in other YAML, as their text', () => {
    expect(readClassNames('names: [cat, no, 1]', 'data.yaml')).toEqual(['cat', 'no', '1']);
  });

  test('may name more classes than a mask of bytes tells apart', () => {
    const lines = Array.from({ length: 300 }, (_, id) => `${id} class ${id}`);
    expect(readClassNames(lines.join('\n'), 'names.txt')[299]).toBe('class 299');
  });

  test('says which entries are no names', () => {
    expect(() => readClassNames('names: [cat, true, ~, [a], "", b]', 'data.yaml')).toThrow(
      new UsageError(
        'data.yaml has names that are no text: that of class 1 is true, that of class 2 is null, that of class 3 is an Array, that of class 4 is the text "". Put them in quotes.',
      ),
    );
    expect(() => readClassNames(JSON.stringify(Array(9).fill(null)), 'names.json')).toThrow(
      'that of class 4 is null, and 4 more.',
    );
  });

  test('says so where ids in front do not count', () => {
    expect(() => readClassNames('1 sky\n2 sea\n', 'names.txt')).toThrow(
      'names.txt: the ids before the names do not count 0, 1, 2',
    );
  });

  test('says so where it cannot be parsed', () => {
    expect(() => readClassNames('[', 'names.json')).toThrow(/^names\.json cannot be parsed: /);
  });
});
