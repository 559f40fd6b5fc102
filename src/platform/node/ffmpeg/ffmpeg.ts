/** The user's ffmpeg, as processes that end with this one. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { RuntimeError } from '../../../errors.ts';
import { atEnding } from '../endings.ts';

const run = promisify(execFile);

const HOW_TO_GET_IT =
  'Videos are read by ffmpeg, which is not installed. Get it with "apt-get install ffmpeg", "brew install ffmpeg" or "winget install ffmpeg".';

/** The only place that knows what is not there. */
export function notInstalled(error: unknown): RuntimeError | undefined {
  const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  return isMissing ? new RuntimeError(HOW_TO_GET_IT, { cause: error }) : undefined;
}

/** What the installed one can do, asked once. */
export interface Abilities {
  /** Options before an output, with which every frame is kept at its own time. */
  readonly keepTimes: readonly string[];
  /** What makes images of a video, best first. */
  readonly encoders: readonly string[];
}

let abilities: Promise<Abilities> | undefined;

/** @throws RuntimeError if it is not installed. */
export function ffmpegAbilities(): Promise<Abilities> {
  abilities ??= askAbilities();
  return abilities;
}

async function askAbilities(): Promise<Abilities> {
  const ask = (...options: string[]) =>
    run('ffmpeg', ['-hide_banner', ...options], { windowsHide: true }).then(
      ({ stdout }) => stdout,
      (error: unknown) => {
        throw notInstalled(error) ?? error;
      },
    );
  const [version, encoders] = await Promise.all([ask('-version'), ask('-encoders')]);
  // Builds of a day are named by it, and are new enough.
  const [, major = '99', minor = '0'] = /^ffmpeg version n?(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = Number(major) < 5 || (Number(major) === 5 && Number(minor) < 1);
  return {
    keepTimes: [isOld ? '-vsync' : '-fps_mode', 'passthrough', '-enc_time_base'],
    encoders: [...encoders.matchAll(/^ V\S+ (\S+)/gm)].map((match) => match[1] as string),
  };
}

export interface FFmpegProcess {
  readonly process: ChildProcess;
  /** Rejects with the last that it said if it ended badly. */
  readonly ended: Promise<void>;
  /** The last lines that it said so far; undefined for none. */
  said(): string | undefined;
}

/** Starts it. Ctrl-C at a terminal goes to this process alone, which then ends it; it does not outlive this process. */
export function startFFmpeg(options: readonly string[], stdio: ['ignore' | 'pipe', 'ignore' | 'pipe']): FFmpegProcess {
  const ffmpeg = spawn('ffmpeg', ['-hide_banner', '-nostdin', '-v', 'error', ...options], {
    stdio: [...stdio, 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const over = atEnding(() => void ffmpeg.kill('SIGKILL'));
  let last = '';
  ffmpeg.stderr?.on('data', (part: Buffer) => {
    last = (last + part.toString()).slice(-4000);
  });
  const said = () => lastLines(last);
  const ended = new Promise<void>((resolve, reject) => {
    ffmpeg.once('error', (error) => {
      over();
      reject(notInstalled(error) ?? error);
    });
    ffmpeg.once('close', (code, signal) => {
      over();
      if (code === 0) resolve();
      else reject(new Error(`ffmpeg: ${said() ?? (signal ? `ended by ${signal}` : `exit code ${code}`)}`));
    });
  });
  // It is told where it is awaited, which may be later.
  ended.catch(() => {});
  return { process: ffmpeg, ended, said };
}

/** What was said last, in up to two lines, without the part of ffmpeg that they begin with. */
export function lastLines(text: string): string | undefined {
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/^\[[^\]]* @ 0x[0-9a-f]+\] */, '').trim());
  return [...new Set(lines.filter(Boolean))].slice(-2).join('; ') || undefined;
}
