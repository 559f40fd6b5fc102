/** What a model's worker does: it holds one model and answers the page. */
import { RuntimeError } from '../../../errors.ts';
import { keepEngineThread } from '../engine.ts';
import type { InspectionFacts } from '../hosted-inspections.ts';
import { type HostedModel, hostModel, type WebEngineEntry } from '../hosted-model.ts';
import { type EngineFile, watchEngineFile } from './engine-file.ts';
import { type FromWorker, failureOf, type ToWorker, transferOf } from './messages.ts';

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  readonly name: string;
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

/** Answers the page's messages; does nothing in the engine's own threads. */
export function serve(entry: WebEngineEntry): void {
  const scope = globalThis as unknown as WorkerScope;
  if (keepEngineThread(scope)) return;
  const send = (message: FromWorker, transfer: Transferable[] = []): void => scope.postMessage(message, transfer);
  const calls = new Map<number, AbortController>();
  let model: HostedModel | undefined;
  let engineFile: EngineFile | undefined;

  const answer = async (message: Exclude<ToWorker, { call: 'cancel' }>, signal: AbortSignal): Promise<void> => {
    const { id } = message;
    switch (message.call) {
      case 'load': {
        const watched = watchEngineFile(globalThis, message.request.cache);
        engineFile = watched;
        model = await hostModel(entry, message.request, {
          signal,
          onProgress: (progress) => send({ event: 'download', id, progress }),
          onLost: (error) => send({ event: 'lost', failure: failureOf(error) }),
        }).catch((error: unknown) => {
          throw error instanceof RuntimeError ? (watched.failure ?? error) : error;
        });
        const { description, provider, views } = model;
        return send({ id, result: { description, provider, views } });
      }
      case 'segment': {
        if (!model) throw new RuntimeError('There is no model in the worker.');
        const onProgress = (done: number, total: number) => send({ event: 'run', id, done, total });
        const result = await model.segment(message.request, { signal, onProgress });
        return send({ id, result }, transferOf(result));
      }
      case 'prepare':
      case 'inspect':
      case 'stationTensor':
      case 'stationClasses':
      case 'forget': {
        if (!model) throw new RuntimeError('There is no model in the worker.');
        const result = await model.look(message.call, message.request as never);
        // Nobody has its number.
        if (signal.aborted && message.call === 'inspect') await model.look('forget', (result as InspectionFacts).id);
        return send({ id, result });
      }
      case 'dispose':
        await model?.dispose();
        // The worker ends after this: what is being kept would be lost.
        await engineFile?.kept;
        return send({ id, result: null });
    }
  };

  scope.addEventListener('message', ({ data: message }) => {
    if (message.call === 'cancel') return calls.get(message.id)?.abort();
    const control = new AbortController();
    calls.set(message.id, control);
    answer(message, control.signal)
      .catch((error: unknown) => send({ id: message.id, failure: failureOf(error) }))
      .finally(() => calls.delete(message.id));
  });
  send({ event: 'ready' });
}
