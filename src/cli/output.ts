/** How commands speak: results on stdout, everything else on stderr. */
import cliProgress from 'cli-progress';
import pc from 'picocolors';
import { duration } from '../text.ts';

/** A line of the result. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** A remark about what happens. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A problem that does not end the command. */
export function warn(line: string): void {
  process.stderr.write(`${pc.yellow('Warning:')} ${line}\n`);
}

/** Something that failed while the rest goes on. */
export function fail(line: string): void {
  process.stderr.write(`${pc.red('Failed:')} ${line}\n`);
}

/** Columns padded to their widest cell; those whose index is in `right` are aligned right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] as number;
          return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** How far a long task has come. */
export interface Progress {
  step(label: string): void;
  /** Ends the bar, so that other lines can follow. */
  stop(): void;
  /** Writes a line without breaking the bar. */
  interrupt(write: () => void): void;
}

/** A bar on a terminal; elsewhere a plain line every so often. Nothing for a single step; a total of 0 is not known. */
export function progress(total: number, unit: string): Progress {
  if (total === 1) return { step: () => {}, stop: () => {}, interrupt: (write) => write() };
  if (total === 0) return lineProgress(total, unit);
  return process.stderr.isTTY ? barProgress(total, unit) : lineProgress(total, unit);
}

function barProgress(total: number, unit: string): Progress {
  const bar = new cliProgress.SingleBar({
    format: `{bar} {percentage} % | {value}/{total} ${unit} | {eta_formatted} left | {label}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    stream: process.stderr,
    stopOnComplete: true,
  });
  bar.start(total, 0, { label: '' });
  return {
    step: (label) => bar.increment(1, { label }),
    stop: () => bar.stop(),
    interrupt(write) {
      process.stderr.write('\r\x1b[K');
      write();
      bar.render();
    },
  };
}

/** Seconds between plain progress lines. */
const LINE_INTERVAL = 5;

function lineProgress(total: number, unit: string): Progress {
  let done = 0;
  const start = performance.now();
  let last = start;
  return {
    step(label) {
      done++;
      const now = performance.now();
      if (done !== total && now - last < LINE_INTERVAL * 1000) return;
      last = now;
      const left = ((now - start) / done / 1000) * (total - done);
      note(`${done}${total > 0 ? `/${total}` : ''} ${unit}${left > 0 ? `, ${duration(left)} left` : ''} (${label})`);
    },
    stop: () => {},
    interrupt: (write) => write(),
  };
}
