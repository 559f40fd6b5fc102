/** Unpacks bytes that texts carry. */
import { FormatError } from '../errors.ts';

/** @throws FormatError if the text has characters that base64 has not. `data:` addresses are taken too. */
export function fromBase64(text: string): Uint8Array {
  const comma = text.startsWith('data:') ? text.indexOf(',') : -1;
  let binary: string;
  try {
    binary = atob(text.slice(comma + 1));
  } catch (error) {
    throw new FormatError('the text is no base64', { cause: error });
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
