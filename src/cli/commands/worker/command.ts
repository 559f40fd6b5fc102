/** `refinenet worker`: works off the images that `predict --queue` puts into a queue. */
import pc from 'picocolors';
import { withBuckets } from '../../../platform/node/buckets/files.ts';
import { EXIT } from '../../exit.ts';
import { onInterrupt } from '../../interruption.ts';
import { fail, note, print, warn } from '../../output.ts';
import { describeImage } from '../predict/report.ts';
import type { RegisterCommand } from '../register-command.ts';
import { addWorkerOptions, type WorkerCommandOptions } from './options.ts';

export const registerWorker: RegisterCommand = (program, exit) => {
  const command = program
    .command('worker')
    .description('segment the images that predict --queue puts into a queue, on any machine')
    .argument('<queue>', 'the queue, as redis://HOST');
  addWorkerOptions(command).action(async (queue: string, options: WorkerCommandOptions) =>
    exit(await work(queue, options)),
  );
};

async function work(queue: string, { json = false, ...options }: WorkerCommandOptions): Promise<number> {
  const [{ startWorker }, { nodeTaskFiles }, { threadedBackend }] = await Promise.all([
    import('../../../worker/work.ts'),
    import('../../../platform/node/task-files.ts'),
    import('../../../platform/node/engine-thread/thread.ts'),
  ]);
  const worker = await startWorker(
    { redis: queue, ...options },
    {
      files: withBuckets(nodeTaskFiles),
      backend: (device) => threadedBackend(device, warn),
      onImage: (report) => print(json ? JSON.stringify(report) : describeImage(report)),
      onFailure: (message, isLast) => (isLast ? fail(message) : warn(`${message} It is tried again.`)),
      onWarning: warn,
    },
  );
  const interruption = onInterrupt(
    '\nEnding when the images that were begun are written. Ctrl-C again ends at once: other workers do them then.',
  );
  note(pc.dim(`Waiting for images at ${worker.queue}. Ctrl-C ends.`));
  await new Promise<void>((resolve) => interruption.signal.addEventListener('abort', () => resolve()));
  await worker.close();
  interruption.release();
  return EXIT.success;
}
