import { describe, expect, test } from 'vitest';
import { keyChecker, readApiKeys } from './api-key.ts';

const [KEY, OTHER] = ['0123456789abcdef', 'another-key-of-32-characters-000'];

describe('keys in a file', () => {
  test('are one a line, remarks and empty lines aside', () => {
    expect(readApiKeys(`# for the camera\n${KEY}\r\n\n${OTHER}\n`, 'keys')).toEqual([KEY, OTHER]);
  });

  test.each([
    ['', 'keys has no key. Write one into it, such as: openssl rand -hex 32.'],
    ['# nothing\n', 'keys has no key.'],
    ['short', 'keys: key 1 is too short or has other characters'],
    [`${KEY}\nwith a blank in it`, 'keys: key 2 is too short or has other characters'],
  ])('are refused: %j', (text, message) => {
    expect(() => readApiKeys(text, 'keys')).toThrow(message);
  });
});

describe('a request', () => {
  const hasKey = keyChecker([KEY, OTHER]);

  test.each([[{ authorization: `Bearer ${KEY}` }], [{ authorization: `bearer ${OTHER}` }], [{ 'x-api-key': KEY }]])(
    'is let in with %j',
    (headers) => expect(hasKey(headers)).toBe(true),
  );

  test.each([
    [{}],
    [{ authorization: `Bearer ${KEY}x` }],
    [{ authorization: `Basic ${KEY}` }],
    [{ authorization: KEY }],
    [{ 'x-api-key': '' }],
    [{ 'x-api-key': KEY.slice(1) }],
    [{ 'x-api-key': [KEY, KEY] }],
  ])('is not let in with %j', (headers) => expect(hasKey(headers)).toBe(false));
});
