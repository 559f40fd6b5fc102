/** The measured costs of engines on this machine, kept in the user's cache folder. */
import * as z from 'zod';
import type { CostsByDevice, Device } from '../../runtime/backend.ts';
import type { MachineCosts } from '../../runtime/machine-costs.ts';
import { CacheFile } from './cache-file.ts';

/** Nothing costs nothing, or it would be chosen for ever; but reading the weights may not show beside multiplying. */
const positive = z.number().positive().finite();
const tile = z.object({ input: positive, output: positive, kernel: positive });
const file: CacheFile<MachineCosts> = new CacheFile(
  'costs.json',
  z.object({
    convolution: z.object({ multiplyAdd: positive, block: z.int().min(1).max(64) }),
    training: z.object({ forward: positive, input: positive, weight: positive }),
    product: z.object({ multiplyAdd: positive, byte: z.number().nonnegative().finite() }),
    tiles: z.object({ 2: tile, 4: tile, 6: tile }),
  }),
);

/** The devices besides an engine's processor that costs are kept of. */
const DEVICES = ['webgpu'] as const satisfies readonly Device[];

/** A processor's costs go by the engine's name alone. */
const nameOf = (engine: string, device: Device): string =>
  DEVICES.some((name) => name === device) ? `${engine} on ${device}` : engine;

/** What was measured for an engine on the processor here; undefined if nothing was, or the file is not readable. */
export const readMachineCosts = (engine: string): MachineCosts | undefined => file.read(engine);

/** The same on its other devices. The engine does not say which card it found: after another one was put in, calibrate anew. */
export const readDeviceCosts = (engine: string): CostsByDevice =>
  Object.fromEntries(
    DEVICES.flatMap((device) => {
      const costs = file.read(nameOf(engine, device));
      return costs ? [[device, costs]] : [];
    }),
  );

/** Keeps what was measured beside what is kept for other engines and devices. Returns the file's path. */
export const writeMachineCosts = (engine: string, device: Device, costs: MachineCosts): Promise<string> =>
  file.write(nameOf(engine, device), costs);
