/** One engine, in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EngineConfiguration, EngineJob, FromEngine, ModelFacts, Outcome, ToEngine } from './messages.ts';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/** Why an engine ended that was not asked to. */
export type EndReason = 'crash' | 'hang' | 'memory' | 'overdue' | 'start';

export interface EngineListener {
  onReady(models: readonly ModelFacts[], remarks: readonly string[]): void;
  onSettled(id: number, outcome: Outcome): void;
  /** Once, whatever ended it. @param detail for the log. */
  onEnd(reason: EndReason, detail: string): void;
}

export interface EngineLimits {
  /** Milliseconds without a sign of life after which an engine hangs. */
  readonly hang: number;
  /** Milliseconds that loading the models may take. */
  readonly start: number;
  /** Resident bytes above which an engine is ended. */
  readonly memory: number;
  /** Threads that compute where the configuration does not say; the engine's own choice when undefined. */
  readonly threads: number | undefined;
}

/** Milliseconds between questions whether it lives. */
const HEARTBEAT = 500;

export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #beat: NodeJS.Timeout;
  #lastSign = performance.now();
  #residentBytes = 0;
  #isReady = false;
  #ending: { readonly reason: EndReason; readonly detail: string } | undefined;

  constructor(configuration: EngineConfiguration, limits: EngineLimits, listener: EngineListener) {
    // Advanced: typed arrays are copied as bytes. No flags of this process: `--inspect` would take its port.
    this.#child = fork(CHILD, {
      serialization: 'advanced',
      execArgv: [],
      env: { ...process.env, ...(limits.threads !== undefined && { OMP_NUM_THREADS: String(limits.threads) }) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    sparedLess(this.#child.pid);
    this.#child.on('message', (message: FromEngine) => {
      this.#lastSign = performance.now();
      switch (message.type) {
        case 'ready':
          this.#isReady = true;
          listener.onReady(message.models, message.remarks);
          break;
        case 'settled':
          listener.onSettled(message.id, message.outcome);
          break;
        case 'unfit':
          this.kill('start', message.message);
          break;
        case 'pong':
          this.#residentBytes = message.residentBytes;
          if (message.residentBytes > limits.memory) this.kill('memory', `${message.residentBytes} resident bytes`);
      }
    });
    this.#beat = setInterval(() => {
      const silence = performance.now() - this.#lastSign;
      if (silence > (this.#isReady ? limits.hang : limits.start)) {
        this.kill(this.#isReady ? 'hang' : 'start', `no sign of life for ${Math.round(silence / 1000)} s`);
      } else if (this.#isReady) this.#send({ type: 'ping' });
    }, HEARTBEAT);
    this.#beat.unref();
    let isOver = false;
    const end = (detail: string): void => {
      if (isOver) return;
      isOver = true;
      clearInterval(this.#beat);
      const { reason, detail: known } =
        this.#ending ?? ({ reason: this.#isReady ? 'crash' : 'start', detail } as const);
      listener.onEnd(reason, known);
    };
    this.#child.on('error', (error) => end(error.message));
    this.#child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    this.#send({ type: 'start', configuration });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What the process said of its memory in its last sign of life. */
  get residentBytes(): number {
    return this.#residentBytes;
  }

  begin(id: number, job: EngineJob): void {
    this.#send({ type: 'job', id, job });
  }

  /** Asks the engine to leave a job at its next step; it is settled nevertheless. */
  cancel(id: number): void {
    this.#send({ type: 'cancel', id });
  }

  kill(reason: EndReason, detail: string): void {
    this.#ending ??= { reason, detail };
    this.#child.kill('SIGKILL');
  }

  #send(message: ToEngine): void {
    // A child that is gone is told by its exit.
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}

/** Where memory runs out, Linux ends the engine rather than the server. */
function sparedLess(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '500');
  } catch {
    // Not Linux, or not allowed.
  }
}
