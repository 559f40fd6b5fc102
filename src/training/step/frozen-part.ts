/** Where the frozen part of a network ends: what it gives does not change while the rest trains. */
import { UsageError } from '../../errors.ts';
import { type Outputs, substitute } from '../../graph/rewrite/rewrite.ts';
import { input, knownShape, type Value } from '../../graph/value.ts';
import { reach } from '../../graph/walk.ts';
import { PIXEL_VALUES } from '../../models/pixel-values.ts';
import { runningStatistics } from '../../nn/running-statistics.ts';

/** How the inputs are called that take the frozen part's place, before a number. */
export const FEATURES = 'features:';

export interface FrozenSplit {
  /** What the frozen part gives for pixels, by the names of the inputs that take its place. */
  readonly frozen: Outputs;
  /** The result, from those inputs on. */
  readonly result: Value;
}

/**
 * Splits a graph where what depends on the pixels alone, through weights that stay, meets what trains.
 * @param result what the network gives for the pixels, all extents known.
 * @param trainable the names of the parameters that change.
 * @throws UsageError if nothing of the network stays as it is.
 */
export function splitFrozen(result: Value, trainable: ReadonlySet<string>): FrozenSplit {
  const { nodes } = reach([result]);
  const changing = new Set<Value>();
  const ofPixels = new Set<Value>();
  const changes = (value: Value): boolean =>
    changing.has(value) ||
    (value.source.kind === 'parameter' && trainable.has(value.source.name)) ||
    (value.source.kind === 'input' && value.source.name !== PIXEL_VALUES);
  const isOfPixels = (value: Value): boolean => ofPixels.has(value) || value.source.kind === 'input';
  const borders = new Set<Value>();
  for (const { inputs, outputs } of nodes) {
    const given = inputs.filter((value) => value !== null);
    const doesChange = given.some(changes);
    for (const output of outputs) {
      if (doesChange) changing.add(output);
      if (given.some(isOfPixels)) ofPixels.add(output);
    }
    if (!doesChange) continue;
    for (const value of given) {
      if (value.source.kind === 'node' && ofPixels.has(value) && !changing.has(value)) borders.add(value);
      else if (value.source.kind === 'input' && value.source.name === PIXEL_VALUES)
        throw new UsageError(NOTHING_FROZEN);
    }
  }
  const named = [...borders].map((value, index) => ({ name: `${FEATURES}${index}`, value }));
  const frozen = Object.fromEntries(named.map(({ name, value }) => [name, value]));
  if (runningStatistics(Object.values(frozen)).size > 0) throw new UsageError(STATISTICS_MOVE);
  const taken = new Map(named.map(({ name, value }) => [value, input(name, value.dtype, knownShape(value))]));
  return { frozen, result: substitute({ result }, taken).result };
}

const NOTHING_FROZEN =
  'Views can be remembered only of a part of the network that does not train, but its first layer does. Freeze the encoder or its first stages, such as encoder.*.';

const STATISTICS_MOVE =
  'Views can be remembered only of a part of the network that does not change, but running statistics in it move. Freeze them with their layers, such as encoder.*, or keep all statistics: batch norm statistics-frozen.';
