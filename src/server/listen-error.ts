/** Why a server cannot listen, in words. */
import { UsageError } from '../errors.ts';

/** What the usual reasons why a server cannot listen mean for who started it. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const message = {
    EADDRINUSE: `The port ${port} of ${host} is taken. Choose another with --port; 0 takes a free one.`,
    EACCES: `Listening on port ${port} is not allowed. Choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. 127.0.0.1 is itself, 0.0.0.0 all of its addresses.`,
    ENOTFOUND: `There is no host ${host}. 127.0.0.1 is this machine itself, 0.0.0.0 all of its addresses.`,
  }[error.code ?? ''];
  return message === undefined ? error : new UsageError(message, { cause: error });
}
