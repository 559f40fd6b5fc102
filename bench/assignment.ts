/** What the harness and its contestants say to each other. */

export const TASKS = ['inference', 'training', 'wasm'] as const;

/** `wasm` is inference on onnxruntime's WASM build. */
export type Task = (typeof TASKS)[number];

/** `ours`: optimized for speed. `stock`: the plain graph on the same engine. */
export const CONTESTANTS = ['ours', 'stock', 'pytorch'] as const;

export type ContestantName = (typeof CONTESTANTS)[number];

/** Where a task computes, but for `wasm`, which has one place. With `webgpu`, PyTorch computes on CUDA. */
export const BENCH_DEVICES = ['cpu', 'webgpu'] as const;

export type BenchDevice = (typeof BENCH_DEVICES)[number];

/** One case: a network, a size and a batch for a task. */
export interface Case {
  readonly task: Task;
  readonly network: string;
  readonly width: number;
  readonly height: number;
  readonly batch: number;
}

/** What a contestant's process is started with. */
export interface Assignment extends Case {
  readonly contestant: ContestantName;
  readonly classes: number;
  readonly device: BenchDevice;
  readonly threads: number;
  /** The model folder. */
  readonly model: string;
  /** Its plain ONNX export, one file. */
  readonly plain: string;
  /** Raw float32 pixels [N, 3, H, W] and uint8 labels [N, H, W]. */
  readonly pixels: string;
  readonly labels: string;
}

/** One line on a contestant's stdin. `check` writes its float32 results to a file. */
export type Request = { readonly do: 'check'; readonly output: string } | { readonly do: 'run' | 'profile' };

/** One line on its stdout; the first one, unasked, says that it is loaded. */
export interface Answer {
  readonly seconds: number;
  /** Bytes at most so far. */
  readonly peak?: number;
  readonly version?: string;
  readonly operators?: readonly OperatorShare[];
  readonly error?: string;
}

export interface OperatorShare {
  readonly operator: string;
  readonly millisecondsPerRun: number;
  readonly share: number;
}

export const caseTitle = ({ task, network, width, height, batch }: Case): string =>
  `${task}: ${network}, ${width}x${height}, batch ${batch}`;
