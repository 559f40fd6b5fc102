/** What can be asked of the product: a request as plain data, and what does it. */
import type * as z from 'zod';
import { UsageError } from '../errors.ts';
import { type AbortSignalLike, throwIfAborted } from '../inference/segment-options.ts';
import type { Machine } from '../measurement/machine.ts';
import type { Backend, Device } from '../runtime/backend.ts';
import type { VideoTools } from './predict/video/video-tools.ts';
import type { TaskFiles } from './task-files.ts';

/**
 * The engine that has a device; whichever is there for none.
 * @param onFallback is told when another one than usual takes its place.
 */
export type OpenBackend = (device: Device | undefined, onFallback: (message: string) => void) => Promise<Backend>;

/** What a task works with. */
export interface TaskContext<Event> {
  readonly backend: OpenBackend;
  readonly files: TaskFiles;
  /** What measures on this machine; only `benchmark` asks for it. */
  readonly machine?: Machine | undefined;
  /** What reads and writes videos; only `predict-video` asks for it. */
  readonly video?: VideoTools | undefined;
  /** Bytes that the work may take; it is not judged by them where that is not known. */
  readonly memory?: number | undefined;
  /** Ends the task: with the signal's reason where nothing is worth keeping yet, otherwise with what is done. */
  readonly signal?: AbortSignalLike | undefined;
  readonly onEvent?: ((event: Event) => void) | undefined;
}

export interface TaskDefinition<Schema extends z.ZodObject, Event, Result> {
  readonly name: string;
  /** The request's schema. It refuses fields that it does not know. */
  readonly request: Schema;
  /** Does what a checked request asks for. */
  readonly work: (request: z.output<Schema>, context: WorkContext<Event>) => Promise<Result>;
}

/** A context in which events can be told whether or not somebody listens. */
export interface WorkContext<Event> extends TaskContext<Event> {
  readonly onEvent: (event: Event) => void;
}

/** Something that can be asked for, by whoever has the means: a command, a server, a queue. */
export interface Task<Schema extends z.ZodObject = z.ZodObject, Event = unknown, Result = unknown> {
  readonly name: string;
  readonly request: Schema;
  /**
   * Does what is asked for; what happens meanwhile is told as events.
   * @throws UsageError naming everything that is wrong with the request; the signal's reason if it was aborted before the
   * work began; what the work throws.
   */
  run(request: z.input<Schema>, context: TaskContext<Event>): Promise<Result>;
}

/** A task that checks its request, and that it is still wanted, before it begins. */
export function defineTask<Schema extends z.ZodObject, Event, Result>({
  name,
  request: schema,
  work,
}: TaskDefinition<Schema, Event, Result>): Task<Schema, Event, Result> {
  return {
    name,
    request: schema,
    async run(request, context) {
      throwIfAborted(context.signal);
      return work(parseRequest(name, schema, request), { ...context, onEvent: context.onEvent ?? (() => {}) });
    },
  };
}

/**
 * The request that plain data is, with defaults filled in.
 * @throws UsageError naming every field that is wrong, missing or unknown.
 */
export function parseRequest<Schema extends z.ZodObject>(
  name: string,
  schema: Schema,
  data: unknown,
): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const place = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return `${place || 'the whole'}: ${issue.message}`;
    const unknown = issue.keys.map((key) => `"${key}"`).join(', ');
    const known = place === '' ? `; the fields are ${Object.keys(schema.shape).join(', ')}` : '';
    return `${place || 'the whole'}: there is no ${unknown}${known}`;
  });
  throw new UsageError(`This request to ${name} does not fit: ${problems.join('. ')}.`);
}
