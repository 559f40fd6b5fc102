/** What can be asked of some predictions and changes nothing about others. */
import * as z from 'zod';
import { UsageError } from '../../errors.ts';
import { areFor } from '../../text.ts';
import { RUN_FIELDS, type RunFields } from '../run-options.ts';
import type { EvaluateRequest } from './request.ts';
import type { SourceKind } from './source.ts';

/** What was given, in words. */
const GIVEN: Readonly<Record<SourceKind, string>> = {
  model: 'a model was given',
  masks: 'saved masks were given',
  probabilities: 'saved probabilities were given',
};

/** How a model runs where nothing is said about it. */
const UNSAID = z.object(RUN_FIELDS).parse({});
const RUN_NAMES = Object.keys(RUN_FIELDS) as readonly (keyof RunFields)[];

/** @throws UsageError naming what was asked for and is of other predictions. */
export function assertOptionsOf(kind: SourceKind, request: EvaluateRequest): void {
  const isSaid = (name: keyof RunFields) => request[name] !== UNSAID[name] && request[name] !== false;
  const ofModels = kind === 'model' ? [] : RUN_NAMES.filter(isSaid);
  const problems = [
    ...(ofModels.length > 0
      ? [
          areFor(
            ofModels.map((name) => `--${name}`),
            'models',
          ),
        ]
      : []),
    ...(kind !== 'masks' && request.encoding === 'dataset' ? ['--encoding is for saved masks'] : []),
  ];
  if (problems.length === 0) return;
  throw new UsageError(problems.map((problem) => `${problem}; ${GIVEN[kind]}.`).join('\n'));
}
