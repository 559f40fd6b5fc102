/** The libraries of the queue, which are installed by those who use it and loaded when they do. */
import { RuntimeError } from '../errors.ts';

export type BullMq = typeof import('bullmq');
export type IoRedis = Pick<typeof import('ioredis'), 'Redis'>;

/** What is tested. */
const INSTALL = 'npm install bullmq@6.7.0 ioredis@6.0.0';

/** @throws RuntimeError with the command that installs them, if they are not there. */
export async function queueLibraries(): Promise<{ readonly bullmq: BullMq; readonly ioredis: IoRedis }> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, ioredis };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RuntimeError(
      `A queue takes two packages that are not installed: bullmq and ioredis. This installs them beside refinenet: ${INSTALL} (with --global where refinenet is).`,
      { cause: error },
    );
  }
}
