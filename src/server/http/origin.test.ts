import { describe, expect, test } from 'vitest';
import { checkOrigin } from './origin.ts';

describe('a request that a browser sends', () => {
  test.each([
    [{ host: '127.0.0.1:8080' }, true],
    [{ host: 'localhost' }, true],
    [{ host: '[::1]:8080' }, true],
    [{ host: 'segment.example', origin: 'https://segment.example' }, false],
    [{ host: 'localhost:8080', origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }, true],
    [{ host: 'segment.example', 'sec-fetch-site': 'none' }, false],
  ])('is let in with %j', (headers, isLocal) => {
    expect(() => checkOrigin(headers, isLocal)).not.toThrow();
  });

  test.each([
    [{ host: 'evil.example' }, true, 'localhost alone'],
    [{ host: 'localhost.evil.example' }, true, 'localhost alone'],
    [{ host: '127.0.0.1.evil.example' }, true, 'localhost alone'],
    [{}, true, 'localhost alone'],
    [{ host: 'localhost:8080', origin: 'http://localhost:9090' }, true, 'other sites'],
    [{ host: 'localhost:8080', origin: 'null' }, true, 'other sites'],
    [{ host: 'segment.example', origin: 'https://evil.example' }, false, 'other sites'],
    [{ host: 'segment.example', 'sec-fetch-site': 'cross-site' }, false, 'other sites'],
  ])('is refused with %j', (headers, isLocal, message) => {
    expect(() => checkOrigin(headers, isLocal)).toThrow(message);
  });
});
