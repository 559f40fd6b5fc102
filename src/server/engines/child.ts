/** The process that process.ts starts: it loads the models and works on jobs until it is told to end or left alone. */
import { FormatError, messageOf, RefineNetError, ShapeError, UsageError } from '../../errors.ts';
import { oneAtATime } from '../../one-at-a-time.ts';
import { TooManyPixelsError } from '../../platform/node/decode-image.ts';
import { threadedBackend } from '../../platform/node/engine-thread/thread.ts';
import { refuseOtherDecoders } from '../../platform/node/image-decoders.ts';
import { modelFor, readModelFolder } from '../../platform/node/model-folder.ts';
import { predictorOptions } from '../../tasks/run-options.ts';
import { Refusal } from '../http/refusal.ts';
import { inferWork } from '../work/infer-work.ts';
import { Predictors } from '../work/predictors.ts';
import { segmentWork } from '../work/segment-work.ts';
import { Stopwatch } from '../work/stopwatch.ts';
import type { WorkContext } from '../work/work.ts';
import type { Answer, EngineConfiguration, EngineJob, FromEngine, ModelFacts, Outcome, ToEngine } from './messages.ts';

/** A served model segments many images. */
const MANY = Number.POSITIVE_INFINITY;

/** What ends a job that is left. It is no fault of the engine, which goes on. */
const LEFT = new Refusal(499, 'Nobody waits for this any more.');

if (process.send) {
  refuseOtherDecoders();
  work();
}

function work(): void {
  const send = (message: FromEngine): void => {
    process.send?.(message);
  };
  const cancelled = new Map<number, { aborted: boolean }>();
  let doJob: ((job: EngineJob, signal: WorkContext['signal']) => Promise<Answer>) | undefined;

  const start = async (configuration: EngineConfiguration): Promise<void> => {
    const remarks: string[] = [];
    const predictors = new Predictors(await threadedBackend(configuration.device, (line) => remarks.push(line)));
    const models = await loadModels(predictors, configuration);
    const inTurn = oneAtATime();
    doJob = (job, signal) => {
      const context = { predictors, pixelLimit: configuration.pixelLimit, signal, inTurn, stopwatch: new Stopwatch() };
      return job.kind === 'segment' ? segmentWork(job, context) : inferWork(job, context);
    };
    send({ type: 'ready', models, remarks });
  };

  process.on('message', (message: ToEngine) => {
    switch (message.type) {
      case 'start':
        start(message.configuration).catch((error: unknown) => send({ type: 'unfit', message: messageOf(error) }));
        break;
      case 'job': {
        const { id, job } = message;
        const signal = { aborted: false, reason: LEFT };
        cancelled.set(id, signal);
        const settle = (outcome: Outcome): void => {
          cancelled.delete(id);
          send({ type: 'settled', id, outcome });
        };
        (doJob as NonNullable<typeof doJob>)(job, signal).then(
          (answer) => settle({ answer }),
          (error: unknown) => settle(outcomeOf(error)),
        );
        break;
      }
      case 'cancel': {
        const signal = cancelled.get(message.id);
        if (signal) signal.aborted = true;
        break;
      }
      case 'ping':
        send({ type: 'pong', residentBytes: process.memoryUsage.rss() });
    }
  });
  // An orderly exit would wait for the engine.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // Ctrl-C reaches all processes of a terminal; the server decides when its engines end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
}

async function loadModels(predictors: Predictors, configuration: EngineConfiguration): Promise<readonly ModelFacts[]> {
  const { models, device, threads, resize, optimize, precision } = configuration;
  const facts: ModelFacts[] = [];
  for (const { name, folder } of models) {
    const model = await readModelFolder(folder);
    const options = predictorOptions({ device, threads, resize, optimize, precision }, model, MANY);
    const predictor = await predictors.add(name, await modelFor(predictors.backend, model), options);
    facts.push({ name, classes: model.classes.map((each) => each.name), provider: predictor.provider });
  }
  return facts;
}

function outcomeOf(error: unknown): Outcome {
  const refuse = (status: number, message: string): Outcome => ({ refusal: { status, message } });
  if (error instanceof Refusal) return refuse(error.status, error.message);
  if (error instanceof TooManyPixelsError) {
    const { width, height, pixelLimit } = error;
    return refuse(
      413,
      `The image has ${width}x${height} pixels, more than the ${pixelLimit} allowed. Make it smaller.`,
    );
  }
  if (error instanceof UsageError) return refuse(400, error.message);
  if (error instanceof FormatError || error instanceof ShapeError) return refuse(422, error.message);
  const isExpected = error instanceof RefineNetError;
  return { failure: !isExpected && error instanceof Error && error.stack ? error.stack : messageOf(error) };
}
