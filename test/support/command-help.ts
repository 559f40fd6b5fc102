/** What commands say of themselves, read in this process. */
import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

/** What `refinenet VERB --help` prints. */
export async function helpOf(verb: string): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const code = await main([verb, '--help']).finally(() => write.mockRestore());
  if (code !== 0) throw new Error(`refinenet ${verb} --help ended with ${code}.`);
  return text;
}
