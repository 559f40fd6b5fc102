/** A contestant: a process that holds one loaded network and runs it when asked. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Answer, Assignment, Request } from './assignment.ts';

export interface Contestant {
  /** What it said when it was loaded. */
  readonly loaded: Answer;
  /** @throws Error if it failed or ended. */
  ask(request: Request): Promise<Answer>;
  end(): Promise<void>;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** @throws Error if it could not load. */
export async function startContestant(assignment: Assignment, python: string): Promise<Contestant> {
  const argument = JSON.stringify(assignment);
  const [program, args] =
    assignment.contestant === 'pytorch'
      ? [python, [here('pytorch_worker.py'), argument]]
      : [process.execPath, ['--import', 'tsx', here('contestant-worker.ts'), argument]];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  // Writing to a process that has ended is told by its end.
  child.stdin.on('error', () => {});
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(await ended);
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
  return {
    loaded: await next(),
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return next();
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
