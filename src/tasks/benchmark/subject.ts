/** What is measured: a model, or an architecture with drawn weights. */
import { UsageError } from '../../errors.ts';
import { drawnWeights } from '../../measurement/drawn-weights.ts';
import type { Subject } from '../../measurement/runner.ts';
import { ARCHITECTURE_NAMES, architecture } from '../../models/architectures.ts';
import { assertNoArchitectureOptions } from '../architecture-options.ts';
import type { WorkContext } from '../task.ts';
import type { BenchmarkEvent } from './events.ts';
import type { BenchmarkRequest } from './request.ts';

export interface NamedSubject extends Subject {
  readonly name: string;
  /** Whether its weights are drawn, not read. */
  readonly isDrawn: boolean;
}

/** How many classes an architecture has where nothing else is asked for. */
export const DEFAULT_CLASSES = 21;

/** @throws UsageError if there is neither such a model nor such an architecture. */
export async function openSubject(
  name: string,
  { classes, threads }: BenchmarkRequest,
  { files, backend, onEvent }: WorkContext<BenchmarkEvent>,
): Promise<NamedSubject> {
  const folder = await files.modelFolder(name);
  if ((await files.kindOf(folder)) !== undefined) {
    assertNoArchitectureOptions(name, { '--classes': classes });
    return { name, isDrawn: false, ...(await files.readModel(folder)) };
  }
  if (!(ARCHITECTURE_NAMES as readonly string[]).includes(name)) {
    throw new UsageError(
      `"${name}" is neither a model folder nor an architecture. The architectures are ${ARCHITECTURE_NAMES.join(', ')}.`,
    );
  }
  const definition = architecture(name, classes ?? DEFAULT_CLASSES);
  const engine = await backend(undefined, (message) => onEvent({ type: 'warning', message }));
  const weights = await drawnWeights(definition, engine, threads === undefined ? {} : { threads });
  return { name, isDrawn: true, definition, weights };
}
