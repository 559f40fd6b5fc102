/** What can be asked of /segment beside the image: options of `predict`, as text. */
import * as z from 'zod';
import { UsageError } from '../errors.ts';
import { PREDICT_REQUEST } from '../tasks/predict/request.ts';
import { parseRequest } from '../tasks/task.ts';

/** Those of a prediction's fields that a client may choose. The others are the server's. */
export const SEGMENT_QUERY = PREDICT_REQUEST.pick({
  model: true,
  scales: true,
  flip: true,
  protocol: true,
  tile: true,
  overlap: true,
  regions: true,
  minimumPixels: true,
  tolerance: true,
  opacity: true,
});

export type SegmentQuery = z.output<typeof SEGMENT_QUERY>;

/** The part of JSON Schema that the fields are described in. */
export interface FieldSchema {
  readonly type?: string;
  readonly items?: FieldSchema;
  readonly [keyword: string]: unknown;
}

const { properties } = z.toJSONSchema(SEGMENT_QUERY, { io: 'input' }) as {
  readonly properties: Readonly<Record<string, FieldSchema>>;
};

/** The fields as they are typed, `minimum-pixels`, and what each takes. */
export const QUERY_FIELDS: readonly { readonly name: string; readonly field: string; readonly schema: FieldSchema }[] =
  Object.entries(properties).map(([field, schema]) => ({
    name: field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    field,
    schema,
  }));

const READERS: Readonly<Record<string, (text: string, schema: FieldSchema) => unknown>> = {
  number: (text) => (text.trim() === '' ? text : Number(text)),
  integer: (text) => (text.trim() === '' ? text : Number(text)),
  // `?flip` alone switches it on.
  boolean: (text) =>
    ({ '': true, true: true, '1': true, yes: true, false: false, '0': false, no: false })[text] ?? text,
  array: (text, { items = {} }) => text.split(',').map((part) => read(part, items)),
};

const read = (text: string, schema: FieldSchema): unknown => (READERS[schema.type ?? ''] ?? String)(text, schema);

/**
 * The options that texts are.
 * @throws UsageError naming everything that is wrong with them.
 */
export function readSegmentQuery(texts: Readonly<Record<string, unknown>>): SegmentQuery {
  const data: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(texts)) {
    const known = QUERY_FIELDS.find((each) => each.name === name);
    if (!known) {
      problems.push(
        `there is no ${JSON.stringify(name.slice(0, 40))}; the options are format, ${QUERY_FIELDS.map((each) => each.name).join(', ')}`,
      );
    } else if (typeof value !== 'string') problems.push(`${name} is given more than once`);
    else data[known.field] = read(value, known.schema);
  }
  try {
    const query = parseRequest('segment', SEGMENT_QUERY, data);
    if (problems.length === 0) return query;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.unshift(error.message.replace(/\.$/, ''));
  }
  throw new UsageError(`${problems.join('. ')}.`);
}
