/** What a page's training worker does: one run, told of as it goes. */
import { RuntimeError } from '../../../errors.ts';
import { keepEngineThread } from '../engine.ts';
import type { WebEngineEntry } from '../hosted-model.ts';
import { watchEngineFile } from '../worker/engine-file.ts';
import { failureOf } from '../worker/messages.ts';
import { withMemoryAdvice } from './memory.ts';
import type { FromTrainingWorker, ToTrainingWorker, TrainingRequest } from './messages.ts';
import { runTraining } from './run-training.ts';

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  readonly name: string;
  postMessage(message: FromTrainingWorker): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToTrainingWorker>) => void): void;
}

/** Answers the page's messages; does nothing in the engine's own threads. */
export function serveTraining(entry: WebEngineEntry): void {
  const scope = globalThis as unknown as WorkerScope;
  if (keepEngineThread(scope)) return;
  const stop = new AbortController();
  const tell = (message: FromTrainingWorker): void => scope.postMessage(message);

  const begin = async (request: TrainingRequest): Promise<void> => {
    const engineFile = watchEngineFile(globalThis, request.cache);
    const onLost = (error: RuntimeError): void => tell({ event: 'failure', failure: failureOf(error) });
    try {
      tell({ event: 'end', name: await runTraining(entry, request, { signal: stop.signal, tell, onLost }) });
    } catch (error) {
      const reason = error instanceof RuntimeError ? (engineFile.failure ?? error) : error;
      tell({ event: 'failure', failure: failureOf(withMemoryAdvice(reason)) });
    }
  };

  scope.addEventListener('message', ({ data: message }) => {
    if (message.call === 'stop') stop.abort();
    else void begin(message.request);
  });
  tell({ event: 'ready' });
}
