/** The script of a worker that computes on the graphics card, where WASM can wait for promises: the engine's file is smaller by a third. */
import * as engine from 'onnxruntime-web/jspi';
import { serve } from './worker/serve.ts';

serve({ engine, file: 'ort-wasm-simd-threaded.jspi.wasm' });
