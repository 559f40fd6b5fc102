/** POST /segment: an image to its segmentation. */
import type { FastifyInstance } from 'fastify';
import { describeValue } from '../../text.ts';
import { ANSWER_FORMATS, type AnswerFormat } from '../answer-formats.ts';
import { acceptedOffer } from '../http/accept.ts';
import { Refusal, unreadType } from '../http/refusal.ts';
import { readSegmentQuery } from '../segment-query.ts';
import { answerJob, checkRoom, modelNamed, type Service } from '../service.ts';
import { readImage } from './image-upload.ts';

export function addSegmentRoute(app: FastifyInstance, service: Service): void {
  app.post('/segment', {
    // Before the body is received: what would be refused afterwards is refused at once.
    async onRequest(request) {
      checkRoom(service);
      if (/^application\/json\b/i.test(request.headers['content-type'] ?? '')) throw unreadType('application/json');
      const { format, ...options } = request.query as Readonly<Record<string, unknown>>;
      modelNamed(service, readSegmentQuery(options).model);
      if (format !== undefined || !request.headers['content-type']?.startsWith('multipart/')) {
        chooseFormat(format, request.headers.accept);
      }
    },
    async handler(request, reply) {
      const { image, fields } = await readImage(request, service);
      const { format, ...options } = { ...fields, ...(request.query as Readonly<Record<string, unknown>>) };
      const query = readSegmentQuery(options);
      const { name } = modelNamed(service, query.model);
      const chosen = chooseFormat(format, request.headers.accept);
      const job = { kind: 'segment', model: name, format: chosen.name, query, body: image } as const;
      return answerJob(service, job, request, reply);
    },
  });
}

/** @throws Refusal if there is no such format. */
function chooseFormat(name: unknown, accept: string | undefined): AnswerFormat {
  const names = ANSWER_FORMATS.map((format) => format.name).join(', ');
  if (name !== undefined) {
    const found = ANSWER_FORMATS.find((format) => format.name === name);
    if (found) return found;
    if (typeof name !== 'string')
      throw new Refusal(400, `format is one of ${names}, but got ${describeValue(name, true)}.`);
    throw new Refusal(400, `There is no format ${JSON.stringify(name.slice(0, 40))}. The formats are ${names}.`);
  }
  const accepted = acceptedOffer(accept, ANSWER_FORMATS);
  if (accepted) return accepted;
  const types = [...new Set(ANSWER_FORMATS.map(({ type }) => type))].join(', ');
  throw new Refusal(
    406,
    `Nothing that Accept names can be given. Accept one of ${types}, or choose with ?format=: ${names}.`,
  );
}
