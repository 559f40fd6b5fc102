/** What goes between a page and its model's worker: one answer to a request, and events on the way. */
import {
  FormatError,
  messageOf,
  RefineNetError,
  RuntimeError,
  ShapeError,
  UsageError,
  WeightsError,
} from '../../../errors.ts';
import type { DownloadProgress } from '../fetch-file.ts';
import type { HostedModelFacts, HostedModelRequest, HostedResult } from '../hosted-model.ts';
import type { InspectionCalls } from '../hosted-inspections.ts';
import type { TakenImage } from '../image-source.ts';

/** What can be asked for, and what each gives. */
export interface Calls extends InspectionCalls {
  load: { readonly request: HostedModelRequest; readonly result: HostedModelFacts };
  segment: { readonly request: TakenImage; readonly result: HostedResult };
  dispose: { readonly request: null; readonly result: null };
}

export type CallName = keyof Calls;

/** What the page sends. */
export type ToWorker =
  | {
      readonly [Name in CallName]: {
        readonly id: number;
        readonly call: Name;
        readonly request: Calls[Name]['request'];
      };
    }[CallName]
  | { readonly id: number; readonly call: 'cancel' };

/** What the worker sends. `ready` comes once its script runs. */
export type FromWorker =
  | { readonly event: 'ready' }
  | { readonly event: 'lost'; readonly failure: Failure }
  | { readonly event: 'download'; readonly id: number; readonly progress: DownloadProgress }
  | { readonly event: 'run'; readonly id: number; readonly done: number; readonly total: number }
  | { readonly id: number; readonly result: Calls[CallName]['result'] }
  | { readonly id: number; readonly failure: Failure };

/** An error as plain data. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** By name: a minifier renames classes. A subclass that only one room knows goes as the class that all know. */
const ERRORS: Readonly<Record<string, new (message: string) => Error>> = {
  FormatError,
  RuntimeError,
  ShapeError,
  UsageError,
  WeightsError,
};

export function failureOf(error: unknown): Failure {
  const known = Object.entries(ERRORS).find(([, type]) => error instanceof type);
  const name = known?.[0] ?? (error instanceof Error ? error.name : 'Error');
  const stack = error instanceof RefineNetError || !(error instanceof Error) ? undefined : error.stack;
  return { name, message: messageOf(error), ...(stack !== undefined && { stack }) };
}

/** The error again, of its own class; defects keep their stack, which says where in the worker they are. */
export function errorFrom({ name, message, stack }: Failure): Error {
  if (name === 'AbortError') return new DOMException(message, name);
  const error = new (ERRORS[name] ?? Error)(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The arrays of a result that are sent without being copied. */
export function transferOf({ image, outputs }: Pick<HostedResult, 'image' | 'outputs'>): Transferable[] {
  const { labels, confidence, entropy, probabilities, logits } = outputs;
  const arrays = [image.data, labels.data, confidence, entropy, probabilities?.data, logits?.data];
  return [...new Set(arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : [])))];
}
