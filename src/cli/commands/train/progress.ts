/** How far a training has come: a bar on a terminal, plain lines elsewhere. */
import cliProgress from 'cli-progress';
import type { StepReport } from '../../../training/run/parts.ts';
import { duration } from '../../../text.ts';
import { note } from '../../output.ts';

export interface TrainingProgress {
  step(report: StepReport): void;
  /** Writes a line without breaking the bar. */
  interrupt(write: () => void): void;
  stop(): void;
}

/** Seconds between plain lines. */
const LINE_INTERVAL = 10;

export function trainingProgress(): TrainingProgress {
  return process.stderr.isTTY ? bar() : lines();
}

function figures({ epoch, epochs, loss, rates, imagesPerSecond, secondsLeft }: StepReport) {
  return {
    epochs: `${epoch}/${epochs}`,
    loss: loss.toFixed(4),
    rate: rates.decoder.toPrecision(3),
    speed: imagesPerSecond.toPrecision(3),
    left: duration(secondsLeft),
  };
}

function bar(): TrainingProgress {
  const shown = new cliProgress.SingleBar({
    format: '{bar} {value}/{total} | epoch {epochs} | loss {loss} | rate {rate} | {speed} images/s | {left} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 20,
    hideCursor: true,
    stream: process.stderr,
    // A single Ctrl-C does not end the command.
    gracefulExit: false,
  });
  let isStarted = false;
  return {
    step(report) {
      if (isStarted) shown.update(report.update, figures(report));
      else shown.start(report.updates, report.update, figures(report));
      isStarted = true;
    },
    interrupt(write) {
      if (isStarted) process.stderr.write('\r\x1b[K');
      write();
      if (isStarted) shown.render();
    },
    stop: () => shown.stop(),
  };
}

function lines(): TrainingProgress {
  let last = performance.now();
  return {
    step(report) {
      const now = performance.now();
      if (report.update < report.updates && now - last < LINE_INTERVAL * 1000) return;
      last = now;
      const { epochs, loss, rate, speed, left } = figures(report);
      note(
        `update ${report.update}/${report.updates}, epoch ${epochs}: loss ${loss}, rate ${rate}, ${speed} images/s, ${left} left`,
      );
    },
    interrupt: (write) => write(),
    stop: () => {},
  };
}
