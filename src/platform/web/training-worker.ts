/** The script of a worker that trains on the CPU. The engine is imported here and not in the page: its threads run this script again. */
import * as engine from 'onnxruntime-web/wasm';
import { serveTraining } from './training/serve-training.ts';

serveTraining({ engine, file: 'ort-wasm-simd-threaded.wasm' });
