import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findDuplicateKey } from './duplicate-key.ts';

test.each([
  ['{"a":1,"b":2,"a":3}', 'a'],
  ['{"a":1, "\\u0061" :3}', 'a'],
  ['{"x":{"y":1,"z":{},"y":2}}', 'y'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['[{"a":"\\"}{","a":1}]', 'a'],
])('%s has a key twice', (json, key) => {
  expect(findDuplicateKey(json)).toBe(key);
});

test.each(['{}', '{"a":{"a":1},"b":{"a":1}}', '{"a":"a","b":["b","b"]}', '{"a":"\\"a\\":"}', '[{"a":1},{"a":1}]'])(
  '%s has every key once',
  (json) => {
    expect(findDuplicateKey(json)).toBeUndefined();
  },
);

test('what JSON.stringify writes has no key twice', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => findDuplicateKey(JSON.stringify(value, null, 1)) === undefined));
});
