/** What `serve` says: where it listens on stdout, its log on stderr. */
import type { RunningServer } from '../../../server/serve.ts';
import { print } from '../../output.ts';

/** The log's place: lines of JSON. */
export const LOG = { write: (line: string): unknown => process.stderr.write(line) };

export function sayListening({ url, models, provider }: RunningServer): void {
  print(`Serving ${models.join(', ')} at ${url} on ${provider}. ${url}/docs says how to ask; Ctrl-C ends.`);
}
