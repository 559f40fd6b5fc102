/** A network's size at a glance: parameters and multiply-adds, layer by layer and by part. */
import { nodeCosts } from '../graph/cost.ts';
import type { NetworkDefinition } from './families.ts';
import { network } from './network.ts';
import { pixelValues } from './pixel-values.ts';

/** The size of one layer, for one image. */
export interface LayerSummary {
  /** The layer's scope, which is also the prefix of its parameters' names. */
  readonly name: string;
  readonly operator: string;
  /** [1, channels, height, width] at the size that was asked about. */
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** What the layers of one part come to together. */
export interface PartSummary {
  readonly name: string;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** The size of a network for one image, as a whole, by part and by layer. */
export interface NetworkSummary {
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Two levels of names, for example `encoder.layer1` and `decoder.refinenet4`. */
  readonly parts: readonly PartSummary[];
  /** Every layer that has parameters. */
  readonly layers: readonly LayerSummary[];
}

/**
 * Counts a network for one image of this size. Parameters are what training can change (batch statistics are not);
 * multiply-adds are those of convolutions.
 */
export function summarize(
  definition: NetworkDefinition,
  size: { readonly width: number; readonly height: number },
): NetworkSummary {
  const logits = network(definition, pixelValues({ batch: 1, ...size }));
  const layers = nodeCosts([logits])
    .filter(({ parameters }) => parameters > 0)
    .map(({ scope, op, outputShape, parameters, multiplyAdds }) => ({
      name: scope,
      operator: op,
      outputShape,
      parameters,
      multiplyAdds,
    }));
  const parts = new Map<string, PartSummary>();
  for (const { name, parameters, multiplyAdds } of layers) {
    const part = partOf(name);
    const sum = parts.get(part) ?? { name: part, parameters: 0, multiplyAdds: 0 };
    parts.set(part, {
      name: part,
      parameters: sum.parameters + parameters,
      multiplyAdds: sum.multiplyAdds + multiplyAdds,
    });
  }
  const total = (key: 'parameters' | 'multiplyAdds'): number => layers.reduce((sum, layer) => sum + layer[key], 0);
  return { parameters: total('parameters'), multiplyAdds: total('multiplyAdds'), parts: [...parts.values()], layers };
}

function partOf(name: string): string {
  const depth = name.startsWith('encoders.') ? 3 : 2;
  return name.split('.').slice(0, depth).join('.');
}
