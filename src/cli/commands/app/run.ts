/** What `app` does once it is loaded. */
import { SHIPPED_MODELS } from '../../../platform/node/model-location.ts';
import { servedModels } from '../../../server/model-names.ts';
import { serveSite } from '../../../server/site/serve-site.ts';
import { siteFiles } from '../../../server/site/site-files.ts';
import { writeSite } from '../../../server/site/write-site.ts';
import { EXIT } from '../../exit.ts';
import { onInterrupt } from '../../interruption.ts';
import { openFile } from '../../open.ts';
import { note, print } from '../../output.ts';

export interface AppOptions {
  readonly host: string;
  readonly port: number;
  readonly open: boolean;
  readonly output?: string;
}

/** The headers without which a page has one thread. */
const HEADERS = 'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';

/** @returns the exit code. */
export async function runApp(given: readonly string[], { host, port, open, output }: AppOptions): Promise<number> {
  const own = await servedModels(given.length > 0 ? given : SHIPPED_MODELS);
  const shipped = await servedModels(SHIPPED_MODELS);
  const models = [...own, ...shipped.filter(({ name }) => !own.some((each) => each.name === name))];
  const site = await siteFiles(models);
  if (output !== undefined) {
    const bytes = await writeSite(site, output);
    print(
      `The app is in ${output}: ${site.size} files, ${(bytes / 1e6).toFixed(1)} MB. Send it with the headers ${HEADERS}.`,
    );
    return EXIT.success;
  }
  const running = await serveSite(site, { host, port });
  print(`The app is at ${running.url}. Images stay in the browser; Ctrl-C ends.`);
  if (open && !(await openFile(running.url)))
    note('There is no program to open a browser with; open the address yourself.');
  const interruption = onInterrupt('');
  await new Promise<void>((resolve) => interruption.signal.addEventListener('abort', () => resolve()));
  interruption.release();
  await running.close();
  return EXIT.success;
}
