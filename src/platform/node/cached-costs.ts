/** The measured costs of engines on this machine, kept in the user's cache folder. */
import * as z from 'zod';
import type { MachineCosts } from '../../runtime/machine-costs.ts';
import { CacheFile } from './cache-file.ts';

const positive = z.number().nonnegative().finite();
const tile = z.object({ input: positive, output: positive, kernel: positive });
const file: CacheFile<MachineCosts> = new CacheFile(
  'costs.json',
  z.object({
    convolution: z.object({ multiplyAdd: positive, block: z.int().min(1).max(64) }),
    training: z.object({ forward: positive, input: positive, weight: positive }),
    product: z.object({ multiplyAdd: positive, byte: positive }),
    tiles: z.object({ 2: tile, 4: tile, 6: tile }),
  }),
);

/** What was measured for an engine here; undefined if nothing was, or the file is not readable. */
export const readMachineCosts = (engine: string): MachineCosts | undefined => file.read(engine);

/** Keeps what was measured beside what is kept for other engines. Returns the file's path. */
export const writeMachineCosts = (engine: string, costs: MachineCosts): Promise<string> => file.write(engine, costs);
