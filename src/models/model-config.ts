/** A model's description as Hugging Face's `config.json`. */
import * as z from 'zod';
import { FormatError } from '../errors.ts';
import type { ModelClass } from './model.ts';
import { ACTIVATIONS } from './activations.ts';
import type { NetworkDefinition } from './definition.ts';
import { ENCODER_NAMES, type EncoderName } from './encoders/index.ts';

/** The `config.json` that this library writes; JSON-ready. */
export interface ModelConfig {
  readonly architectures: readonly ['RefineNetForSemanticSegmentation'];
  /** `segformer` in folders for transformers.js, which refuses types it does not know. */
  readonly model_type: 'refinenet' | 'segformer';
  readonly num_labels: number;
  readonly id2label: Readonly<Record<string, string>>;
  readonly label2id: Readonly<Record<string, number>>;
  readonly semantic_loss_ignore_index: 255;
  readonly refinenet: NetworkDefinition & { readonly palette: readonly (readonly number[])[] };
}

/** The configuration to save with a model. */
export function toModelConfig(
  { definition, classes }: { readonly definition: NetworkDefinition; readonly classes: readonly ModelClass[] },
  modelType: ModelConfig['model_type'] = 'refinenet',
): ModelConfig {
  return {
    architectures: ['RefineNetForSemanticSegmentation'],
    model_type: modelType,
    num_labels: classes.length,
    id2label: Object.fromEntries(classes.map(({ name }, id) => [String(id), name])),
    label2id: Object.fromEntries(classes.map(({ name }, id) => [name, id])),
    semantic_loss_ignore_index: 255,
    refinenet: { ...definition, palette: classes.map(({ color }) => color) },
  };
}

const count = z.int().min(1).max(65_536);
const units = z.int().min(0).max(64);
const probability = z.number().min(0).max(0.99);
const byte = z.int().min(0).max(255);

const definitionSchema = z.object({
  encoder: z.enum(ENCODER_NAMES as [EncoderName, ...EncoderName[]]),
  stridePlacement: z.enum(['3x3', '1x1']),
  imageDivisors: z.array(z.int().min(1).max(16)).min(1).max(8),
  classes: count,
  decoder: z.object({
    kernel: z.literal([1, 3]),
    taps: z.array(z.string()).min(1).max(64),
    widths: z.array(count).min(1).max(64),
    cascade: z.array(z.int().min(1).max(64)).min(1).max(512),
    units: z.object({ adapt: units, output: units, head: units }),
    pooling: z.object({ order: z.enum(['pool-conv', 'conv-pool']), count: units }),
    fusion: z.enum(['all', 'previous']),
    skip: z.enum(['input', 'rectified']),
    activation: z.enum(Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[]),
    upsampling: z.enum(['align_corners', 'half_pixel']),
    classifier: z.literal([1, 3]),
    dropout: z.object({ features: probability, classifier: probability }),
  }),
});

const configSchema = z.object({
  id2label: z.record(z.string().regex(/^\d+$/), z.string()),
  refinenet: definitionSchema.extend({ palette: z.array(z.tuple([byte, byte, byte])) }),
});

/**
 * The network and the classes that a parsed `config.json` describes.
 * @param source names the file in errors.
 * @throws FormatError naming every field that is wrong.
 */
export function fromModelConfig(
  json: unknown,
  source = 'config.json',
): { readonly definition: NetworkDefinition; readonly classes: readonly ModelClass[] } {
  const result = configSchema.safeParse(json);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
    throw new FormatError(
      `${source} does not describe a RefineNet: ${problems.join('; ')}. Make the folder with "refinenet import" or "refinenet export".`,
    );
  }
  const { id2label, refinenet } = result.data;
  const { palette, ...definition } = refinenet;
  if (palette.length !== definition.classes || Object.keys(id2label).length !== definition.classes) {
    throw new FormatError(
      `${source}: the network has ${definition.classes} classes, but there are ${Object.keys(id2label).length} labels and ${palette.length} colours.`,
    );
  }
  const classes = palette.map((color, id) => {
    const name = id2label[String(id)];
    if (name === undefined) throw new FormatError(`${source}: id2label has no entry for class ${id}.`);
    return { name, color };
  });
  return { definition, classes };
}
