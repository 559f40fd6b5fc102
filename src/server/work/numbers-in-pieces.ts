/** Many numbers as JSON, without keeping everything else waiting. */
import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '../../tensor/tensor.ts';

/** Numbers of a piece: some milliseconds' work. */
const PIECE = 65_536;

/**
 * What stands between the brackets of a JSON array, in pieces. Those of millions of pixels take many seconds: between pieces an
 * engine says that it lives, and works on other requests.
 */
export async function* numbersInPieces(
  numbers: Tensor<'uint8' | 'uint16' | 'float32'>['data'],
): AsyncGenerator<string, void> {
  for (let from = 0; from < numbers.length; from += PIECE) {
    yield `${from > 0 ? ',' : ''}${JSON.stringify(Array.from(numbers.subarray(from, from + PIECE))).slice(1, -1)}`;
    await setImmediate();
  }
}
