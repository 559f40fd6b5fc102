/** The thread that thread.ts starts: it holds a backend and its sessions, and answers one message with one. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, RuntimeError } from '../../../errors.ts';
import type { Session } from '../../../runtime/backend.ts';
import { backendFor } from '../backend.ts';
import {
  type EngineAnswer,
  type EngineThreadData,
  type EngineRequest,
  SharedState,
  withOwnMemories,
} from './messages.ts';

if (parentPort) serve(parentPort);

function serve(port: NonNullable<typeof parentPort>): void {
  const remarks: string[] = [];
  const { device, memory } = workerData as EngineThreadData;
  const shared = new SharedState(memory);
  const opening = backendFor(device, (line) => remarks.push(line));
  // Reported where it is awaited.
  opening.catch(() => {});
  const sessions = new Map<number, Session>();
  const sessionOf = (id: number): Session => {
    const session = sessions.get(id);
    if (!session) throw new RuntimeError('The session was disposed. Create another one to run the model again.');
    return session;
  };
  const answer = async (id: number, request: EngineRequest) => {
    const backend = await opening;
    switch (request.call) {
      case 'open': {
        const { createSession, createDeviceSession, keepsOutputsOn, ...traits } = backend;
        return { ...traits, remarks };
      }
      case 'create': {
        const session = await shared.during(() => backend.createSession(request.model, request.options));
        sessions.set(id, session);
        const { device, provider, inputNames, outputNames } = session;
        return { device, provider, inputNames, outputNames };
      }
      case 'run':
        return withOwnMemories(
          await shared.during(() => sessionOf(request.session).run(request.feeds, request.outputs)),
        );
      case 'dispose': {
        const session = sessions.get(request.session);
        sessions.delete(request.session);
        await session?.dispose();
        return null;
      }
    }
  };
  const send = (message: EngineAnswer): void => port.postMessage(message);
  port.on('message', ({ id, request }: { readonly id: number; readonly request: EngineRequest }) => {
    answer(id, request)
      .then((result) => send({ id, result }))
      // Also of a result that cannot be sent: whoever asked hears of it.
      .catch((error: unknown) =>
        send({
          id,
          failure: {
            message: messageOf(error),
            expected: error instanceof RuntimeError,
            stack: error instanceof Error ? error.stack : undefined,
          },
        }),
      );
  });
}
