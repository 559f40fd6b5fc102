/** What the command line writes when it runs in this process, for tests that call `main`. */
import { afterEach, beforeEach, vi } from 'vitest';

/** Both streams as text, empty again before each test. */
export interface CapturedOutput {
  /** Standard output. */
  printed: string;
  /** Standard error. */
  noted: string;
}

/** Catches both streams during each test of the file or block it is called in; `onNoted` hears standard error as it comes. */
export function captureOutput(onNoted: (text: string) => void = () => {}): CapturedOutput {
  const output: CapturedOutput = { printed: '', noted: '' };
  const catchInto = (key: keyof CapturedOutput, stream: NodeJS.WriteStream, onText?: (text: string) => void) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      output[key] += String(text);
      onText?.(String(text));
      return true;
    });
  beforeEach(() => {
    output.printed = '';
    output.noted = '';
    catchInto('printed', process.stdout);
    catchInto('noted', process.stderr, onNoted);
  });
  afterEach(() => vi.restoreAllMocks());
  return output;
}
