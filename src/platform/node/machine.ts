/** This machine, as measuring asks for it. */
import { availableParallelism, cpus } from 'node:os';
import type { Machine } from '../../measurement/machine.ts';
import { writeMachineCosts } from './cached-costs.ts';
import { memoryGauge } from './memory-gauge.ts';
import { profiledBackend } from './profiled-backend.ts';

export const nodeMachine: Machine = {
  description: {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
  },
  memory: memoryGauge,
  profiledBackend,
  keepCosts: writeMachineCosts,
};
