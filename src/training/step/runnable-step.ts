/** The step that suits where a session computes. */
import type { RunnableStep } from './types.ts';
import { createDeviceStep, keepsState } from './device/step.ts';
import { createStep, type StepOptions } from './step.ts';

/**
 * Compiles a training step: one whose state stays on the device where the engine can keep it there, else one whose state is in
 * this process's memory, as it must be where machines exchange gradients.
 * @throws as `createStep` and `createDeviceStep`.
 */
export function createRunnableStep(options: StepOptions): Promise<RunnableStep> {
  const { backend, session = {}, exchange, reduction } = options;
  const isAlone = exchange === undefined && reduction !== 'sum';
  return isAlone && keepsState(backend, session) ? createDeviceStep(options) : createStep(options);
}
