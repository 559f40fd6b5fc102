/** The network that another one learns from: it runs forward on the same batches, and nothing of it changes. */
import { UsageError } from '../../errors.ts';
import { knownShape } from '../../graph/value.ts';
import { networkSession } from '../../inference/network-session.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { meaningDifferences } from '../../models/meaning.ts';
import type { ModelDescription } from '../../models/model.ts';
import { network } from '../../models/network.ts';
import { PIXEL_VALUES, pixelValues } from '../../models/pixel-values.ts';
import { contentHash } from '../../data/content-hash.ts';
import type { Backend, SessionOptions } from '../../runtime/backend.ts';
import { bytesOf, type Tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import type { BatchShape } from './graph.ts';

/** A model with its weights in memory. */
export type TeacherModel = ModelDescription & { readonly weights: Weights };

/** A loaded teacher. */
export interface Teacher {
  /** Its logits float32 [N, K, h, w] for a batch of normalized images. */
  logits(pixels: Tensor<'float32'>): Promise<Tensor<'float32'>>;
  dispose(): Promise<void>;
}

const LOGITS = 'logits';

/** @throws WeightsError if the weights do not fit the network, RuntimeError if the engine cannot load it. */
export async function openTeacher(
  { definition, weights }: Pick<TeacherModel, 'definition' | 'weights'>,
  shape: BatchShape,
  backend: Backend,
  options: SessionOptions,
): Promise<Teacher> {
  const outputs = { [LOGITS]: network(definition, pixelValues(shape)) };
  // Transforming its weights once would save an eighth of its time, and take as much memory as a large one's training.
  const session = await networkSession(outputs, { weights }, backend, { ...options, optimization: 'balanced' });
  return {
    logits: async (pixels) => (await session.run({ [PIXEL_VALUES]: pixels }))[LOGITS] as Tensor<'float32'>,
    dispose: () => session.dispose(),
  };
}

/** The shape of a teacher's logits. */
export const teacherShape = (definition: NetworkDefinition, shape: BatchShape): readonly number[] =>
  knownShape(network(definition, pixelValues(shape)));

/** A short text that equal weights have in common. */
export function weightsFingerprint(weights: Weights): string {
  const parts = [...weights].map(([name, value]) => `${name} ${contentHash(bytesOf(value))}`);
  return contentHash(new TextEncoder().encode(parts.sort().join('\n')));
}

/**
 * Makes sure that a teacher says the same of the same pixels: its classes are the network's, and images enter it alike.
 * @throws UsageError with all that differs.
 */
export function checkTeacher(teacher: ModelDescription, student: ModelDescription): void {
  const problems = meaningDifferences(teacher, student, 'the network');
  if (problems.length > 0) {
    throw new UsageError(
      `The teacher does not fit: ${problems.join('; ')}. Take a model of the same classes in the same order and with the same preprocessing.`,
    );
  }
}
