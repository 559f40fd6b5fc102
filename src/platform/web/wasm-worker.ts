/** The script of a worker that computes on the CPU. The engine is imported here and not in the page: its threads run this script again. */
import * as engine from 'onnxruntime-web/wasm';
import { serve } from './worker/serve.ts';

serve({ engine, file: 'ort-wasm-simd-threaded.wasm' });
