/** Walks a pickle's opcodes before anything acts on them: finds its end and refuses what could hurt. */
import { FormatError } from '../../errors.ts';
import { PICKLE_INTEGER_BYTES, PICKLE_OPCODES } from '../../limits.ts';
import { BUILD, DICT, LONG1, LONG4, MARK, OPCODES, type Opcode, POP, STOP } from './pickle-opcodes.ts';

export interface ScannedPickle {
  /** A copy of the pickle in which no object's attributes are set. */
  readonly bytes: Uint8Array;
  /** Where in the file the pickle ends. */
  readonly end: number;
}

/**
 * Scans the pickle that begins at `start`. Attributes, which PyTorch only uses for a state dict's version notes, are
 * dropped: every BUILD becomes a POP, as setting properties by names from the file is how objects could be tampered with.
 * @throws FormatError if the stream is truncated, has unknown opcodes, more than two million of them, whole numbers of
 * over 8 bytes, or lengths that reach past the end of the file.
 */
export function scanPickle(file: Uint8Array, start: number): ScannedPickle {
  const builds: number[] = [];
  let position = start;
  let previous = -1;
  for (let count = 1; ; count++) {
    if (count > PICKLE_OPCODES) {
      throw new FormatError(
        `pickle: more than ${PICKLE_OPCODES} opcodes, which no state dict needs. Save only the weights.`,
      );
    }
    const code = file[position];
    if (code === undefined) throw truncated(position);
    const opcode = OPCODES.get(code);
    if (opcode === undefined) {
      throw new FormatError(
        `pickle: byte 0x${code.toString(16).padStart(2, '0')} at ${position} is not an opcode this reader knows. The file is damaged, or no pickle.`,
      );
    }
    if (code === DICT && previous !== MARK) {
      throw new FormatError(
        `pickle: a filled DICT at ${position}, which no current Python writes. Save the weights again with torch.save.`,
      );
    }
    if (code === BUILD) builds.push(position - start);
    position = endOfArgument(file, position, code, opcode);
    if (code === STOP) break;
    previous = code;
  }
  const bytes = file.slice(start, position);
  for (const offset of builds) bytes[offset] = POP;
  return { bytes, end: position };
}

function endOfArgument(file: Uint8Array, at: number, code: number, { name, argument }: Opcode): number {
  const start = at + 1;
  let end: number;
  if (typeof argument === 'number') end = start + argument;
  else if (argument === 'line') end = endOfLine(file, start);
  else if (argument === 'two lines') end = endOfLine(file, endOfLine(file, start));
  else {
    const countBytes = Number(argument.slice('count'.length));
    const count = readCount(file, start, countBytes);
    end = start + countBytes + count;
    if (end > file.length) {
      throw new FormatError(
        `pickle: ${name} at ${at} claims ${count} bytes, but ${file.length - start - countBytes} are left. The file is damaged or cut short; fetch it again.`,
      );
    }
    if ((code === LONG1 || code === LONG4) && count > PICKLE_INTEGER_BYTES) {
      throw new FormatError(
        `pickle: ${name} at ${at} is a whole number of ${count} bytes, more than ${PICKLE_INTEGER_BYTES}. Save only the weights: torch.save(model.state_dict(), path).`,
      );
    }
  }
  if (end > file.length) throw truncated(at);
  return end;
}

function readCount(file: Uint8Array, at: number, countBytes: number): number {
  if (at + countBytes > file.length) throw truncated(at);
  let count = 0;
  for (let index = countBytes - 1; index >= 0; index--) count = count * 256 + (file[at + index] as number);
  return count;
}

function endOfLine(file: Uint8Array, start: number): number {
  const end = file.indexOf(0x0a, start);
  if (end < 0) throw truncated(start);
  return end + 1;
}

function truncated(at: number): FormatError {
  return new FormatError(`pickle: the stream breaks off at ${at}. The file is damaged or cut short; fetch it again.`);
}
