import { expect, test } from 'vitest';
import { checkResultName, staysInside } from './result-name.ts';

test.each(['a', 'clips/a', 'a..b', '..a/b', 'x:y'.slice(1), '\u30c6/b'])('%j stays inside', (name) => {
  expect(staysInside(name)).toBe(true);
  expect(() => checkResultName(name, 'a.jpg')).not.toThrow();
});

test.each(['../a', 'a/../../b', '/a', '\\a', 'a\\..\\b', 'c:a', '..', 'a\0'])(
  '%j leads out, and is refused',
  (name) => {
    expect(() => checkResultName(name, 's3://bucket/a.jpg')).toThrow('s3://bucket/a.jpg: its results would be called');
  },
);
