/** An image as it comes in a request: the body itself, or a file of a form. */
import type { FastifyRequest } from 'fastify';
import { messageOf } from '../../errors.ts';
import { SERVER } from '../../limits.ts';
import { readBody, tooLarge } from '../http/read-body.ts';
import { clientLeft, hasLeft, Refusal } from '../http/refusal.ts';
import type { Service } from '../service.ts';

export interface ImageUpload {
  readonly image: Buffer;
  /** Options that came as fields of the form. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** @throws Refusal if there is no image in the request, or too much of anything. */
export async function readImage(request: FastifyRequest, service: Service): Promise<ImageUpload> {
  const upload = request.isMultipart()
    ? await readForm(request, service)
    : { image: request.body as Buffer | undefined, fields: {} };
  const { image, fields } = upload;
  if (!image || image.length === 0) {
    throw new Refusal(
      400,
      'There is no image in the request. Send its file as the body, or as a file of a form (multipart/form-data).',
    );
  }
  return { image, fields };
}

async function readForm(
  request: FastifyRequest,
  { bodyLimit, uploads }: Service,
): Promise<{ readonly image: Buffer | undefined; readonly fields: Readonly<Record<string, unknown>> }> {
  let image: Buffer | undefined;
  const fields: Record<string, unknown> = Object.create(null);
  try {
    for await (const part of request.parts({ limits: { ...SERVER.form, fileSize: bodyLimit } })) {
      if (part.type === 'file') {
        image = await readBody(part.file, bodyLimit, uploads);
        if (part.file.truncated) throw tooLarge(bodyLimit);
      } else if (part.fieldname in fields) fields[part.fieldname] = [fields[part.fieldname], part.value];
      // An empty choice of a form is none.
      else if (part.value !== '') fields[part.fieldname] = part.value;
    }
  } catch (error) {
    throw hasLeft(request.raw) ? clientLeft() : formRefusal(error, bodyLimit);
  }
  return { image, fields };
}

const TOO_MUCH = /^FST_(PARTS|FILES|FIELDS)_LIMIT$/;

function formRefusal(error: unknown, bodyLimit: number): unknown {
  if (error instanceof Refusal) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge(bodyLimit);
  if (TOO_MUCH.test(code)) {
    return new Refusal(
      413,
      `The form has more than one file or ${SERVER.form.fields} fields. Send one image a request.`,
    );
  }
  // All else that goes wrong in a form is wrong with the form.
  return new Refusal(
    400,
    `The form cannot be read (${messageOf(error).slice(0, 100)}). Send it whole, as multipart/form-data.`,
  );
}
