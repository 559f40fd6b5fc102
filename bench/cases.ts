/** Which cases are measured. */
import { MEASURED_STEP } from '../src/measurement/runner.ts';
import { architecture } from '../src/models/architectures.ts';
import { estimateMemory } from '../src/training/memory-estimate.ts';
import { type Case, TASKS, type Task } from './assignment.ts';
import { isSameCase } from './results.ts';

export const CLASSES = 21;

export interface Selection {
  readonly tasks: readonly Task[];
  readonly networks?: readonly string[];
  readonly sizes?: readonly { readonly width: number; readonly height: number }[];
  readonly batches?: readonly number[];
}

const NETWORKS = [
  'refinenet-resnet101',
  'refinenet-resnet50',
  'refinenet-lw-resnet50',
  'refinenet-lw-resnet18',
  'refinenet-lw-mobilenetv2',
] as const;

const square = (side: number) => ({ width: side, height: side });

/** The WASM build takes many times as long: one size is enough for its ratio. */
const DEFAULTS: Readonly<Record<Task, Required<Omit<Selection, 'tasks'>>>> = {
  inference: { networks: NETWORKS, sizes: [256, 512, 768, 1024].map(square), batches: [1, 4] },
  training: { networks: NETWORKS, sizes: [256, 512, 1024].map(square), batches: [1, 4] },
  wasm: { networks: NETWORKS, sizes: [square(512)], batches: [1] },
};

/** Cases beside the grid, the usual ones of training; left out where the selection names sizes or batches. */
const FURTHER: readonly Case[] = [
  { task: 'training', network: 'refinenet-resnet50', ...square(256), batch: 2 },
  { task: 'training', network: 'refinenet-lw-resnet18', ...square(256), batch: 8 },
];

/** The cases of a selection, task by task. */
export function selectCases({ tasks, networks, sizes, batches }: Selection): readonly Case[] {
  return TASKS.filter((task) => tasks.includes(task)).flatMap((task) => {
    const standard = DEFAULTS[task];
    const grid = (networks ?? standard.networks).flatMap((network) =>
      (batches ?? standard.batches).flatMap((batch) =>
        (sizes ?? standard.sizes).map((size): Case => ({ task, network, ...size, batch })),
      ),
    );
    const further =
      sizes || batches
        ? []
        : FURTHER.filter((each) => each.task === task && (networks ?? standard.networks).includes(each.network));
    return [...grid, ...further.filter((each) => !grid.some((other) => isSameCase(each, other)))];
  });
}

/** Whether so many processes can hold a case at the same time in so many bytes; of inference we know no estimate. */
export function fitsInMemory({ task, network, width, height, batch }: Case, processes: number, bytes: number): boolean {
  if (task !== 'training') return true;
  const crop = Math.ceil(Math.sqrt(width * height));
  const { total } = estimateMemory(architecture(network, CLASSES), { crop, batch, step: MEASURED_STEP });
  return total * processes < bytes;
}
