/** What is said of memory where a page trains: WASM has 4 GB, whatever the machine has. */
import { RuntimeError } from '../../../errors.ts';
import type { TrainingConfiguration } from '../../../training/configuration.ts';
import { estimateMemory, gigabytes } from '../../../training/memory-estimate.ts';

/** Bytes that WASM can address. */
const WASM_MEMORY = 2 ** 32;

const ADVICE = 'Lower the crop, or the batch (with accumulate if it should count as a larger one).';

/** A warning of a run that will hardly fit; none of others. */
export function memoryWarning(
  configuration: Pick<TrainingConfiguration, 'network' | 'batch' | 'crop' | 'step'>,
): string[] {
  const { total } = estimateMemory(configuration.network, configuration);
  const { batch, crop } = configuration;
  if (total < WASM_MEMORY) return [];
  return [
    `Batches of ${batch} at ${crop}x${crop} take about ${gigabytes(total)}, and WASM has at most ${gigabytes(WASM_MEMORY)}. ${ADVICE}`,
  ];
}

/** An error, with what helps if it is the engine's that its memory was too small. */
export function withMemoryAdvice(error: unknown): unknown {
  const isMemory =
    error instanceof RuntimeError && /out of memory|\bOOM\b|bad_alloc|failed to allocate/i.test(error.message);
  if (!isMemory) return error;
  return new RuntimeError(
    `${error.message} WASM has at most ${gigabytes(WASM_MEMORY)}, WebGPU what the card has. ${ADVICE}`,
    { cause: error },
  );
}
