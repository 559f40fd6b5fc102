/** Names that fields of configurations had in former versions. What was saved with them is read as today's. */

/** What the fields of a loss were called, by what they are called now. */
const FORMER_FIELDS: Readonly<Record<string, string>> = { meeting: 'resolution' };

/** A loss, or what replaces parts of one, under today's names in the same order. Where it has both names, today's counts. */
export function withCurrentLoss<T extends object>(loss: T): T {
  const entries = Object.entries(loss);
  const kept = entries.filter(([name]) => !Object.hasOwn(FORMER_FIELDS, name));
  if (kept.length === entries.length) return loss;
  const renamed = entries.map(([name, value]) => [FORMER_FIELDS[name] ?? name, value] as const);
  return Object.fromEntries([...renamed, ...kept]) as T;
}

/** A step's definition under today's names. */
export const withCurrentStep = <T>(step: T): T => within(step, 'loss', withCurrentLoss);

/** A run's configuration under today's names. What is none is given back as it is, for those who check it. */
export const withCurrentNames = <T>(configuration: T): T => within(configuration, 'step', withCurrentStep);

/** The value with one of its fields changed; the same value where there is no such field, or nothing to change in it. */
function within<T>(value: T, field: string, change: <F extends object>(inner: F) => F): T {
  if (!isObject(value)) return value;
  const inner = (value as Readonly<Record<string, unknown>>)[field];
  if (!isObject(inner)) return value;
  const changed = change(inner);
  return changed === inner ? value : { ...value, [field]: changed };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
