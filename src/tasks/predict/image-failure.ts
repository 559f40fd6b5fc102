/** What goes wrong with one image, which does not end the work on the others. */
import { messageOf, RefineNetError } from '../../errors.ts';
import type { NamedInput } from '../task-files.ts';

/** Whether it is such an error, and no defect: the library's own, or one of the file system. */
export function isImageFailure(error: unknown): boolean {
  return error instanceof RefineNetError || (error instanceof Error && 'syscall' in error);
}

/** Its message, which names the image. */
export function imageFailure({ path }: NamedInput, error: unknown): string {
  const message = messageOf(error);
  return message.includes(path) ? message : `${path}: ${message}`;
}
