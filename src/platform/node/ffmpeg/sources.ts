/** Where videos come from: files, cameras, streams. */
import { resolve } from 'node:path';

/** Formats of ffmpeg that are devices; `v4l2:/dev/video0`, `avfoundation:0` and `dshow:video=NAME` name what is behind them. */
const DEVICES = /^(v4l2|avfoundation|dshow|gdigrab|x11grab|decklink|lavfi):(.+)$/i;
const STREAMS = /^(rtsps?|rtmps?|srt|udp|tcp|rtp|mms):/i;
const ADDRESSES = /^https?:\/\//i;
const VIDEO_DEVICE = /^\/dev\/video\d+$/;

export const isDevice = (source: string): boolean => VIDEO_DEVICE.test(source) || DEVICES.test(source);

/** Whether it has no end that is known, nor can be read twice. */
export const isLive = (source: string): boolean => isDevice(source) || STREAMS.test(source);

/** Whether it is a file of this machine. */
export const isLocalFile = (source: string): boolean => !isLive(source) && !ADDRESSES.test(source);

/** Milliseconds in which a camera or a stream must answer, and in which more must come of it. */
export const PATIENCE = 30_000;

/** A file of this machine as ffmpeg is told of it: a name may look like an option or an address. */
export const ffmpegFile = (path: string): string => `file:${resolve(path)}`;

/** How ffmpeg is told of it. */
export function inputOptions(source: string): string[] {
  if (VIDEO_DEVICE.test(source)) return ['-f', 'v4l2', '-i', source];
  const [, format, name] = DEVICES.exec(source) ?? [];
  if (format && name) return ['-f', format.toLowerCase(), '-i', name];
  if (/^rtsps?:/i.test(source)) return ['-rtsp_transport', 'tcp', '-i', source];
  return ['-i', isLocalFile(source) ? ffmpegFile(source) : source];
}
