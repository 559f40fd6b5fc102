/** The device that was found for an engine on this machine, kept in the user's cache folder. */
import * as z from 'zod';
import { type Device, DEVICES } from '../../../runtime/backend.ts';
import { CacheFile } from '../cache-file.ts';

export interface FoundDevice {
  readonly device: Device;
  /** Why it is this one, in words. */
  readonly reason: string;
}

const file: CacheFile<FoundDevice> = new CacheFile(
  'devices.json',
  z.object({ device: z.enum(DEVICES), reason: z.string() }),
);

export const keptDevice = (engine: string): FoundDevice | undefined => file.read(engine);

/** Where the folder cannot be written, the device is found anew the next time. */
export const keepDevice = (engine: string, found: FoundDevice): Promise<unknown> =>
  file.write(engine, found).catch(() => undefined);
