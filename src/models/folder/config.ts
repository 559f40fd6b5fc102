/** A model's description as Hugging Face's `config.json`. */
import * as z from 'zod/mini';
import { FormatError } from '../../errors.ts';
import { problemsOf, unknownFields, wholeNumber } from '../../json-schema.ts';
import { FAMILIES, type NetworkDefinition } from '../families.ts';
import type { NetworkFamily } from '../family.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import { familyOf } from '../network.ts';

/** The `config.json` that this library writes; JSON-ready. A block of the family's name holds definition and palette. */
export interface ModelConfig {
  readonly architectures: readonly [string];
  /** The family's name; `segformer` in folders for transformers.js, which refuses types it does not know. */
  readonly model_type: string;
  readonly num_labels: number;
  readonly id2label: Readonly<Record<string, string>>;
  readonly label2id: Readonly<Record<string, number>>;
  readonly semantic_loss_ignore_index: 255;
  readonly [family: string]: unknown;
}

/**
 * The configuration to save with a model.
 * @param modelType the family's name when left out.
 */
export function toModelConfig(
  { definition, classes }: { readonly definition: NetworkDefinition; readonly classes: readonly LabelClass[] },
  modelType?: string,
): ModelConfig {
  const { name, title } = familyOf(definition);
  const { family: _, ...fields } = definition;
  return {
    architectures: [`${title}ForSemanticSegmentation`],
    model_type: modelType ?? name,
    num_labels: classes.length,
    id2label: Object.fromEntries(classes.map(({ name }, id) => [String(id), name])),
    label2id: Object.fromEntries(classes.map(({ name }, id) => [name, id])),
    semantic_loss_ignore_index: 255,
    [name]: { ...fields, palette: classes.map(({ color }) => color) },
  };
}

const byte = wholeNumber(0, 255);
const labelsSchema = z.object({ id2label: z.record(z.string().check(z.regex(/^\d+$/)), z.string()) });
const paletteSchema = z.object({ palette: z.array(z.tuple([byte, byte, byte])) });

/**
 * The network and the classes that a parsed `config.json` describes.
 * @param source names the file in errors.
 * @throws FormatError naming every field that is wrong.
 */
export function fromModelConfig(
  json: unknown,
  source = 'config.json',
): { readonly definition: NetworkDefinition; readonly classes: readonly LabelClass[] } {
  const { name, schema } = familyIn(json);
  const block = z.object({ [name]: z.intersection(schema, paletteSchema) });
  const result = z.intersection(block, labelsSchema).safeParse(json);
  if (!result.success) {
    throw new FormatError(
      `${source} does not describe a ${FAMILIES.map(({ title }) => title).join(' or ')}: ${problemsOf(result.error).join('; ')}. Make the folder with "refinenet import" or "refinenet export".`,
    );
  }
  const { id2label } = result.data;
  const { palette, ...definition } = result.data[name] as NetworkDefinition & z.infer<typeof paletteSchema>;
  if (palette.length !== definition.classes || Object.keys(id2label).length !== definition.classes) {
    throw new FormatError(
      `${source}: the network has ${definition.classes} classes, but there are ${Object.keys(id2label).length} labels and ${palette.length} colors.`,
    );
  }
  const classes = palette.map((color, id) => {
    const name = id2label[String(id)];
    if (name === undefined) throw new FormatError(`${source}: id2label has no entry for class ${id}.`);
    return { name, color };
  });
  return { definition: marked(definition as NetworkDefinition, name), classes };
}

/**
 * The network that a parsed JSON describes: a `config.json`, whose labels and palette are not looked at, or its block of the family's
 * name alone. The number of classes may be left out, where it is known from elsewhere.
 * @param source names the file in errors.
 * @throws FormatError naming every field that is wrong.
 */
export function networkFromJson(json: unknown, source: string): NetworkDefinition {
  const { name, title, schema } = familyIn(json);
  const block = (json as Readonly<Record<string, unknown>> | null)?.[name] ?? json;
  const result = schema.safeParse(typeof block === 'object' ? { classes: 1, ...block } : block);
  const problems = result.success ? unknownFields(block, { ...result.data, ...BESIDE }) : problemsOf(result.error);
  if (result.success && problems.length === 0) return marked(result.data, name);
  throw new FormatError(
    `${source} does not describe a ${title}: ${problems.join('; ')}. Take the block "${name}" of a config.json and change it.`,
  );
}

/** What stands beside a network's own fields in its block. */
const BESIDE = { palette: undefined, family: undefined };

/** A definition with its family's mark. Those of the first have none, as before there were others. */
const marked = (definition: NetworkDefinition, family: string): NetworkDefinition =>
  family === FAMILIES[0].name ? definition : ({ ...definition, family } as NetworkDefinition);

/** The family whose block is there; the first where there is none. */
function familyIn(json: unknown): NetworkFamily<NetworkDefinition> {
  const has = (name: string): boolean => typeof json === 'object' && json !== null && Object.hasOwn(json, name);
  return FAMILIES.find(({ name }) => has(name)) ?? FAMILIES[0];
}
