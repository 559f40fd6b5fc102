import { expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { redisAddress } from './redis-address.ts';

test('a user and a password are decoded, and the password is never shown', () => {
  const { options, shown } = redisAddress('rediss://me:50%25off@[::1]:7000/2');
  expect(options).toEqual({ host: '::1', port: 7000, username: 'me', password: '50%off', db: 2, tls: {} });
  expect(shown).toBe('rediss://[::1]:7000/2');
});

test.each(['redis://:50%off@127.0.0.1', 'redis://50%off:x@127.0.0.1'])(
  'a % that stands for itself is told: %s',
  (address) => {
    expect(() => redisAddress(address)).toThrow(
      new UsageError(
        'The user or password in redis://...@127.0.0.1 has a % that is no part of a code: percent-encode it (% is %25).',
      ),
    );
  },
);
