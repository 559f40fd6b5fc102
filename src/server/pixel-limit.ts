/** How large images may be: what the memory allows for the models that are served. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVER } from '../limits.ts';
import { fromModelConfig } from '../models/folder/config.ts';
import { CONFIG_FILE } from '../models/folder/files.ts';
import { availableMemory } from '../platform/node/machine-memory.ts';
import type { ServedModel } from './engines/messages.ts';
import type { ServerOptions } from './options.ts';

/**
 * The pixels of the largest image that is taken: as many as were asked for, else of as many one fits into half of each engine's
 * memory, by the model of the most classes. It is settled before the engines start and stays: models do not change while they
 * are served. A folder that is replaced meanwhile by a model of more classes is loaded by engines that are started anew, and has
 * its own limit after a restart alone.
 */
export async function pixelLimitOf(
  { engine, engines }: Pick<ServerOptions, 'engine' | 'engines'>,
  memory = availableMemory(),
): Promise<number> {
  if (engine.pixelLimit !== undefined) return engine.pixelLimit;
  const classes = Math.max(...(await Promise.all(engine.models.map(classesOf))));
  return Math.min(SERVER.pixels, Math.floor(memory / 2 / engines / bytesPerPixel(classes)));
}

/**
 * Bytes that an engine takes at most for a pixel, measured with the shipped models at 12 megapixels: 290 where images enter
 * the network at their own size. Logits at half of it, the finest there are, and their copy are two for each class.
 */
const bytesPerPixel = (classes: number): number => 310 + 2 * classes;

/** A model's classes, by its configuration alone: weights are read where they are needed, in the engines. */
async function classesOf({ folder }: ServedModel): Promise<number> {
  try {
    return fromModelConfig(JSON.parse(await readFile(join(folder, CONFIG_FILE), 'utf8'))).classes.length;
  } catch {
    // The engine that loads it says what is wrong with it, and the server does not start.
    return 0;
  }
}
