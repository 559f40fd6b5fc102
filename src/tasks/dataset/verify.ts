/** Looking through labeled images: `dataset-verify` for what is wrong with them, `dataset-stats` for their figures. */
import * as z from 'zod';
import type { Problem } from '../../data/checks/check.ts';
import type { SplitStatistics } from '../../data/stats.ts';
import { verifyDataset } from '../../data/verify.ts';
import { defineTask, type WorkContext } from '../task.ts';
import { type DatasetEvent, type DatasetHead, openAsked, scanOf, SPLIT_FIELDS, warnOfPassedOver } from './open.ts';

export const SPLIT_REQUEST = z.strictObject(SPLIT_FIELDS);
export type SplitRequest = z.output<typeof SPLIT_REQUEST>;

export interface VerifyResult extends DatasetHead {
  /** Whether it can be trained on, or for figures, whether all could be read. */
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly statistics: readonly SplitStatistics[];
}

export const verifyTask = defineTask({ name: 'dataset-verify', request: SPLIT_REQUEST, work: verify });

/** Figures of what can be read, and the problems of what cannot. */
export const statsTask = defineTask({ name: 'dataset-stats', request: SPLIT_REQUEST, work: stats });

async function verify(request: SplitRequest, context: WorkContext<DatasetEvent>): Promise<VerifyResult> {
  const opened = await openAsked(request, context);
  const { problems, statistics } = await verifyDataset(opened.dataset, scanOf(opened, context));
  const ok = problems.every(({ severity }) => severity !== 'error');
  return { ...opened.head, ok, problems, statistics };
}

async function stats(request: SplitRequest, context: WorkContext<DatasetEvent>): Promise<VerifyResult> {
  const opened = await openAsked(request, context);
  warnOfPassedOver(opened, context);
  const { problems, statistics } = await verifyDataset(opened.dataset, scanOf(opened, context));
  const unread = problems.filter(({ stopsReading }) => stopsReading);
  return { ...opened.head, ok: unread.length === 0, problems: unread, statistics };
}
