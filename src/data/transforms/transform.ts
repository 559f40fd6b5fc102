/** What a step of augmentation is. */
import type * as z from 'zod';
import type { RandomStream } from '../../tensor/random.ts';
import type { View } from './view.ts';

/** Changes an image and its mask together; whatever is left to chance comes from the stream alone. */
export type Transform = (view: View, random: RandomStream) => View;

/** A kind of transform: its options as they stand in a recipe, and what they make. */
export interface TransformKind<Name extends string = string, Options extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly options: Options;
  create(options: z.output<Options>): Transform;
}

/** Keeps the name's and the options' types between the schema, `create` and recipes. */
export function transformKind<Name extends string, Options extends z.ZodType>(
  kind: TransformKind<Name, Options>,
): TransformKind<Name, Options> {
  return kind;
}

/** A number drawn evenly from a range. */
export function between(random: RandomStream, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.uniform();
}
