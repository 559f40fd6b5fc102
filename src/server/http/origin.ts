/** Requests that a browser sends because somebody else's page made it. */
import { Refusal } from './refusal.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * Pages of other sites can make a browser send forms and images to a server on its own machine; and a name of theirs that
 * leads to 127.0.0.1 makes it read the answers too.
 * @param isLocal whether the server is reached under the names of its own machine alone.
 * @throws Refusal for these.
 */
export function checkOrigin(headers: Headers, isLocal: boolean): void {
  const host = String(headers.host ?? '');
  if (isLocal && !LOCAL.test(host)) {
    throw new Refusal(
      403,
      'This server answers to localhost alone. Bind it to another address with --host to be reached by name.',
    );
  }
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined && hostOf(String(origin)) !== host.toLowerCase()) {
    throw new Refusal(403, 'Pages of other sites may not use this server.');
  }
  if (origin === undefined && site === 'cross-site') {
    throw new Refusal(403, 'Pages of other sites may not use this server.');
  }
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
