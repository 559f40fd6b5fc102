/** Keys that requests bring. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { UsageError } from '../../errors.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Shorter ones could be guessed. */
const SHORTEST = 16;

/**
 * The keys in a text, one a line; empty lines and those that begin with # are passed over.
 * @param place what messages call the text.
 * @throws UsageError if there is none, or one is shorter than 16 characters or could not be sent.
 */
export function readApiKeys(text: string, place: string): readonly string[] {
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw new UsageError(`${place} has no key. Write one into it, such as: openssl rand -hex 32.`);
  const unfit = keys.findIndex((key) => key.length < SHORTEST || !/^[\x21-\x7e]+$/.test(key));
  if (unfit >= 0) {
    throw new UsageError(
      `${place}: key ${unfit + 1} is too short or has other characters than ASCII's. A key has at least ${SHORTEST}, such as: openssl rand -hex 32.`,
    );
  }
  return keys;
}

/** Says whether headers bring one of the keys; takes the same time wherever a wrong one differs. */
export function keyChecker(
  keys: readonly string[],
): (headers: Readonly<Record<string, string | readonly string[] | undefined>>) => boolean {
  const digests = keys.map(digest);
  return (headers) => {
    const bearer = /^Bearer +(\S+)$/i.exec(String(headers.authorization ?? ''))?.[1];
    const brought = digest(bearer ?? String(headers['x-api-key'] ?? ''));
    let isKnown = false;
    for (const known of digests) isKnown = timingSafeEqual(known, brought) || isKnown;
    return isKnown;
  };
}
