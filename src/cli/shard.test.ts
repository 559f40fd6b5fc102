import { describe, expect, test } from 'vitest';
import { shard } from './shard.ts';

describe('--shard', () => {
  test.each([
    ['1/1', 1, 1],
    ['2/8', 2, 8],
  ])('%s is what it says', (text, index, count) => {
    expect(shard(text, {})).toEqual({ index, count });
  });

  test.each(['0/4', '5/4', '1', '1/', 'auto/', 'auto/x', '-1/4', '1.5/4', ''])('refuses %j', (text) => {
    expect(() => shard(text, {})).toThrow(
      `--shard takes i/n with i from 1 to n, for example 1/4; or auto, which asks Slurm, Kubernetes or MPI; got "${text}".`,
    );
  });

  const SLURM_ARRAY = { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_COUNT: '4', SLURM_ARRAY_TASK_MIN: '1' };
  test.each([
    ['an array of Slurm from 1 to 4', SLURM_ARRAY, 3, 4],
    [
      'an array of Slurm from 0 to 30 by 10',
      {
        SLURM_ARRAY_TASK_ID: '20',
        SLURM_ARRAY_TASK_COUNT: '4',
        SLURM_ARRAY_TASK_MIN: '0',
        SLURM_ARRAY_TASK_STEP: '10',
      },
      3,
      4,
    ],
    ['srun', { SLURM_PROCID: '1', SLURM_NTASKS: '4', SLURM_STEP_NUM_TASKS: '4' }, 2, 4],
    ['srun in an array', { ...SLURM_ARRAY, SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2' }, 6, 8],
    ['a batch script of an array with several tasks', { ...SLURM_ARRAY, SLURM_PROCID: '0', SLURM_NTASKS: '8' }, 3, 4],
    ['mpirun of Open MPI', { OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '3' }, 1, 3],
    [
      'mpirun in a step of Slurm',
      { OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '3', SLURM_PROCID: '0', SLURM_STEP_NUM_TASKS: '1' },
      3,
      3,
    ],
    ['mpiexec of MPICH', { PMI_RANK: '4', PMI_SIZE: '5' }, 5, 5],
  ])('auto is the place that %s gives', (_, environment, index, count) => {
    expect(shard('auto', environment)).toEqual({ index, count });
  });

  test('auto/n is the place in an indexed Job of Kubernetes', () => {
    expect(shard('auto/8', { JOB_COMPLETION_INDEX: '7' })).toEqual({ index: 8, count: 8 });
  });

  test.each([
    ['auto', {}, '--shard auto found none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, OMPI_COMM_WORLD_RANK,'],
    [
      'auto',
      { SLURM_PROCID: '0', SLURM_NTASKS: '8' },
      'Start it by sbatch --array, srun, mpirun or an indexed Job, or give i/n.',
    ],
    [
      'auto',
      { JOB_COMPLETION_INDEX: '7' },
      'JOB_COMPLETION_INDEX is set, but not how many there are. Give it: --shard auto/N.',
    ],
    [
      'auto/4',
      { JOB_COMPLETION_INDEX: '7' },
      '--shard auto/4 has no part for JOB_COMPLETION_INDEX (this is process 8).',
    ],
    ['auto', { PMI_RANK: 'x', PMI_SIZE: '2' }, '--shard auto: PMI_RANK is "x", which is no number. Give i/n.'],
    [
      'auto',
      { SLURM_ARRAY_TASK_ID: '9', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '1' },
      'SLURM_ARRAY_TASK_ID is 9, which is no place among 3. Number them without gaps, or give i/n.',
    ],
  ])('%s with %j says what is missing', (text, environment, message) => {
    expect(() => shard(text, environment)).toThrow(message);
  });
});
