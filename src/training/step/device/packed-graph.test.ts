/** How many kernels a device launches for a step: what its time goes by where they are small. */
import { describe, expect, test } from 'vitest';
import { Reshape } from '../../../graph/ops/shape.ts';
import { optimizeDeviceTraining } from '../../../graph/rewrite/optimize/device-training.ts';
import type { Outputs } from '../../../graph/rewrite/rewrite.ts';
import { reach } from '../../../graph/walk.ts';
import { type ArchitectureName, architecture } from '../../../models/architectures.ts';
import { bindOptimizer } from '../../optimizers/index.ts';
import { PRESETS } from '../../presets.ts';
import { networkParts } from '../graph.ts';
import { packedGradientGraph } from './packed-graph.ts';
import { packedParts } from './packs.ts';
import { updateGraph } from './update-graph.ts';

/** A change of shape copies nothing. */
const kernels = (outputs: Outputs): number =>
  reach(Object.values(outputs)).nodes.filter(({ op }) => op.name !== Reshape.name).length;

describe('a step on a device', () => {
  // By the rules that suit the CPU, and each parameter by itself: 12,118, 11,090 and 13,897.
  test.each([
    { name: 'refinenet-lw-resnet18', size: 256, batch: 8, gradients: 1257, update: 73 },
    { name: 'refinenet-resnet50', size: 256, batch: 2, gradients: 2687, update: 117 },
    { name: 'refinenet-lw-mobilenetv2', size: 256, batch: 8, gradients: 2242, update: 73 },
  ] as const)('of $name launches at most $gradients kernels, and $update for its update', (row) => {
    const { name, size, batch, gradients, update } = row;
    const network = architecture(name satisfies ArchitectureName, 21);
    const { step } = PRESETS.default;
    const parts = networkParts(network, step);
    const packed = packedParts(parts);
    const shape = { batch, height: size, width: size };
    const outputs = optimizeDeviceTraining(packedGradientGraph({ network, step, shape }, parts, packed));
    expect(kernels(outputs)).toBeLessThanOrEqual(gradients);
    const definition = { parts: packed, definition: step, optimizer: bindOptimizer(step.optimizer) };
    const statistics = packed.statistics.map((pack) => pack.name);
    expect(kernels(updateGraph(definition, statistics))).toBeLessThanOrEqual(update);
  });
});
