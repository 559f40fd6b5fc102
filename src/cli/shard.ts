/** `--shard`: which part of the images is this process's, as it is typed or as what started the process says. */
import { UsageError } from '../errors.ts';
import type { Shard } from '../tasks/predict/shard.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that number processes, from `first` on, and those that say how many there are. */
interface Numbering {
  readonly index: string;
  /** The first that is set counts. None where the count must be typed. */
  readonly counts: readonly string[];
  /** The number of the first process; 0 when left out. */
  readonly first?: string;
  /** Between one number and the next; 1 when left out. */
  readonly step?: string;
}

/** Jobs of which each may start several processes. */
const JOBS: readonly Numbering[] = [
  {
    index: 'SLURM_ARRAY_TASK_ID',
    counts: ['SLURM_ARRAY_TASK_COUNT'],
    first: 'SLURM_ARRAY_TASK_MIN',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  { index: 'JOB_COMPLETION_INDEX', counts: [] },
];

/**
 * Processes of one job. `mpirun` comes before Slurm, whose variables its processes inherit; a batch script is a process of its
 * own, so that only a step's count is one of processes.
 */
const PROCESSES: readonly Numbering[] = [
  { index: 'OMPI_COMM_WORLD_RANK', counts: ['OMPI_COMM_WORLD_SIZE'] },
  { index: 'PMI_RANK', counts: ['PMI_SIZE'] },
  { index: 'SLURM_PROCID', counts: ['SLURM_STEP_NUM_TASKS'] },
];

const HOW = '--shard takes i/n with i from 1 to n, for example 1/4; or auto, which asks Slurm, Kubernetes or MPI';

/** `i/n` with 1 <= i <= n: the i-th of n equal parts of the work. `auto` and `auto/n` take i from the environment. */
export function shard(text: string, environment: Environment = process.env): Shard {
  const automatic = /^auto(?:\/(\d{1,6}))?$/.exec(text);
  if (automatic) return shardOf(environment, automatic[1] === undefined ? undefined : Number(automatic[1]));
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || index < 1 || index > count) throw new UsageError(`${HOW}; got "${text}".`);
  return { index, count };
}

/** A place among `count`, from 0 on; the count is unknown where it must be typed. */
interface Place {
  readonly index: number;
  readonly count: number | undefined;
  readonly variable: string;
}

function shardOf(environment: Environment, typed: number | undefined): Shard {
  const [job, one] = [JOBS, PROCESSES].map((numberings) => placeIn(environment, numberings));
  if (!job && !one) {
    const names = [...JOBS, ...PROCESSES].map(({ index }) => index).join(', ');
    throw new UsageError(
      `--shard auto found none of ${names} in the environment. Start it by sbatch --array, srun, mpirun or an indexed Job, or give i/n.`,
    );
  }
  const inner = one ?? { index: 0, count: 1, variable: '' };
  const innerCount = inner.count as number;
  const index = (job?.index ?? 0) * innerCount + inner.index;
  const found = job === undefined ? innerCount : job.count === undefined ? undefined : job.count * innerCount;
  const count = typed ?? found;
  const variable = (job ?? inner).variable;
  if (count === undefined) {
    throw new UsageError(`${variable} is set, but not how many there are. Give it: --shard auto/N.`);
  }
  if (index >= count) {
    throw new UsageError(`--shard auto/${count} has no part for ${variable} (this is process ${index + 1}).`);
  }
  return { index: index + 1, count };
}

/** The place by the first numbering that the environment has whole. */
function placeIn(environment: Environment, numberings: readonly Numbering[]): Place | undefined {
  for (const { index, counts, first, step } of numberings) {
    if (environment[index] === undefined) continue;
    const count = counts.find((name) => environment[name] !== undefined);
    // A count that should be there and is not: this is not what started the process.
    if (count === undefined && counts.length > 0) continue;
    const from = first === undefined ? 0 : numberIn(environment, first, 0);
    const by = step === undefined ? 1 : Math.max(1, numberIn(environment, step, 1));
    const place = (numberIn(environment, index) - from) / by;
    const most = count === undefined ? undefined : numberIn(environment, count);
    if (!Number.isInteger(place) || place < 0 || (most !== undefined && place >= most)) {
      throw new UsageError(
        `--shard auto: ${index} is ${environment[index]}, which is no place among ${most}. Number them without gaps, or give i/n.`,
      );
    }
    return { index: place, count: most, variable: index };
  }
  return undefined;
}

function numberIn(environment: Environment, name: string, otherwise?: number): number {
  const text = environment[name];
  if (text === undefined && otherwise !== undefined) return otherwise;
  if (text === undefined || !/^\d{1,9}$/.test(text)) {
    throw new UsageError(`--shard auto: ${name} is ${JSON.stringify(text)}, which is no number. Give i/n.`);
  }
  return Number(text);
}
