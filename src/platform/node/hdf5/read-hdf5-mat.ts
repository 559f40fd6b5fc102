/** Reads MAT files of version 7.3, in a thread of its own that is ended with what it could not read. */
import { Worker } from 'node:worker_threads';
import type { MatArray } from '../../../data/mat/arrays.ts';
import type { ReadHdf5Mat } from '../../../data/mat/read-mat.ts';
import { FormatError, messageOf, RuntimeError } from '../../../errors.ts';
import { oneAtATime } from '../../../one-at-a-time.ts';
import { type Hdf5Answer, type Hdf5Request, mapped, receivedArray } from './messages.ts';

/** What is tested. */
const INSTALL = 'npm install h5wasm@0.10.3';

const WORKER = new URL('./hdf5-worker.js', import.meta.url);

/** For a file that is read in less than one, on a machine that has much else to do. */
const MOST_SECONDS = 120;

export interface Hdf5ReaderOptions {
  /** The thread's script. */
  readonly worker?: URL;
  /** How long a file may take. */
  readonly seconds?: number;
}

type Ended = { readonly kind: 'ended'; readonly message: string };

/** A reader with a thread, which is started for the first file and does not keep the process alive. */
export function hdf5MatReader({ worker = WORKER, seconds = MOST_SECONDS }: Hdf5ReaderOptions = {}): ReadHdf5Mat {
  let thread: Worker | undefined;
  const inTurn = oneAtATime();

  function forget(ended: Worker): void {
    if (thread === ended) thread = undefined;
  }

  async function read(bytes: Uint8Array, name: string): Promise<ReadonlyMap<string, MatArray>> {
    const asked = thread ?? startThread(worker, forget);
    thread = asked;
    const said = await answerOf(asked, { bytes: new Uint8Array(bytes), name }, seconds);
    if (said.kind === 'variables') return mapped(said.variables, receivedArray);
    if (said.kind !== 'refusal' && said.kind !== 'missing') {
      forget(asked);
      await asked.terminate();
    }
    throw errorFrom(said, name, bytes.length);
  }

  return (bytes, name) => inTurn(() => read(bytes, name));
}

/** Reads MAT files of version 7.3 where h5wasm is installed. */
export const readHdf5Mat: ReadHdf5Mat = hdf5MatReader();

function startThread(script: URL, onExit: (thread: Worker) => void): Worker {
  // Without this process's own flags: `--input-type` and the like are refused for a file. What the library writes about a damaged
  // file is kept from the terminal; reading it here would keep the process alive.
  const thread = new Worker(script, { name: 'refinenet HDF5', execArgv: [], stdout: true, stderr: true });
  // Whoever waits for an answer hears of an error; where nobody does, the thread is only started anew.
  return thread.on('error', () => {}).on('exit', () => onExit(thread));
}

function answerOf(thread: Worker, request: Hdf5Request, seconds: number): Promise<Hdf5Answer | Ended> {
  return new Promise((resolve) => {
    const end = (message: string) => settle({ kind: 'ended', message });
    const onError = (error: unknown) => end(messageOf(error));
    const onExit = (code: number) => end(`exit code ${code}`);
    const timer = setTimeout(() => end(`no end within ${seconds} seconds`), 1000 * seconds);
    const settle = (said: Hdf5Answer | Ended) => {
      clearTimeout(timer);
      thread.off('message', settle).off('error', onError).off('exit', onExit).unref();
      resolve(said);
    };
    thread.on('message', settle).on('error', onError).on('exit', onExit).ref();
    thread.postMessage(request, [request.bytes.buffer]);
  });
}

function errorFrom(said: Exclude<Hdf5Answer, { kind: 'variables' }> | Ended, name: string, bytes: number): Error {
  const anew = "Copy it anew, or save it in MATLAB with save(..., '-v7').";
  switch (said.kind) {
    case 'refusal':
      return new FormatError(said.message);
    case 'failure': {
      const [, wanted] = /truncated file: .*stored_eof = (\d+)/.exec(said.message) ?? [];
      return new FormatError(
        wanted === undefined
          ? `${name}: the MAT file is damaged, says the library that reads HDF5 (${said.message}). ${anew}`
          : `${name}: the MAT file is cut off: it has ${bytes} bytes and says ${wanted}. Copy it anew.`,
      );
    }
    case 'ended':
      return new FormatError(
        `${name}: the library that reads HDF5 came to no end with the MAT file (${said.message}). ${anew}`,
      );
    case 'missing':
      return new RuntimeError(
        `${name}: MAT files of version 7.3 take a package that is not installed: h5wasm. This installs it beside refinenet: ${INSTALL} (with --global where refinenet is). Or save the labels in MATLAB with save(..., '-v7').`,
      );
    case 'defect': {
      const error = new Error(said.message);
      if (said.stack !== undefined) error.stack = said.stack;
      return error;
    }
  }
}
