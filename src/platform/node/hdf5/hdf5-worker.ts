/**
 * The thread that read-hdf5-mat.ts starts. The library that reads HDF5 is C in WebAssembly: what is wrong in a file may keep it
 * computing, or leave things in its memory that make it read the next file wrongly. So it has a thread, which can be ended.
 */
import { parentPort } from 'node:worker_threads';
import { FormatError, messageOf } from '../../../errors.ts';
import { MAT_BYTES } from '../../../limits.ts';
import { Hdf5Failure, type Hdf5Library, withHdf5File } from './hdf5-file.ts';
import { type Hdf5Answer, type Hdf5Request, mapped, sentArray } from './messages.ts';
import { variablesOf } from './variables.ts';

/** Of the library's memory, which it never gives back: values, a chunk of them, and that chunk while it is unpacked. */
const MOST_MEMORY = 4 * MAT_BYTES;
const PAGE = 65_536;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };

let library: Promise<Hdf5Library | undefined> | undefined;

/** The library; undefined if it is not installed. */
async function load(): Promise<Hdf5Library | undefined> {
  try {
    // The build for pages: files are in memory, and those of this machine out of reach of what a file refers to.
    const { File, Dataset, Attribute, ready } = await import('h5wasm');
    const module = await ready;
    module.activate_throwing_error_handler();
    return { File, Dataset, Attribute, module };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** A chunk says how long it is before it is unpacked, and may be longer: what it grows to is bounded here. */
function boundMemory(): void {
  const { prototype } = WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function (this: WasmMemory, pages) {
    if (this.buffer.byteLength + pages * PAGE > MOST_MEMORY) throw new RangeError(`more than ${MOST_MEMORY} bytes`);
    return grow.call(this, pages);
  };
}

async function answer({ bytes, name }: Hdf5Request, memories: ArrayBuffer[]): Promise<Hdf5Answer> {
  try {
    library ??= load();
    const loaded = await library;
    if (!loaded) return { kind: 'missing' };
    const variables = withHdf5File(loaded, bytes, name, (file) =>
      mapped(variablesOf(file), (array) => sentArray(array, memories)),
    );
    return { kind: 'variables', variables };
  } catch (error) {
    const message = messageOf(error);
    if (error instanceof FormatError) return { kind: 'refusal', message };
    if (error instanceof Hdf5Failure) return { kind: 'failure', message };
    return { kind: 'defect', message, stack: error instanceof Error ? error.stack : undefined };
  }
}

const port = parentPort;
if (port) {
  boundMemory();
  port.on('message', async (request: Hdf5Request) => {
    const memories: ArrayBuffer[] = [];
    const said = await answer(request, memories);
    port.postMessage(said, said.kind === 'variables' ? memories : []);
  });
}
