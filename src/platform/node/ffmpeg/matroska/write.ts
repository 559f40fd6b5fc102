/** Uncompressed frames as a Matroska stream, which carries the time of each. */
import { joinedBytes } from '../../../../joined-bytes.ts';
import { ELEMENTS, WRITTEN_TICK } from './elements.ts';

export interface MatroskaVideo {
  readonly width: number;
  readonly height: number;
  /** Frames a second, as a fraction: where the times of frames are regular, and as a hint where they are not. */
  readonly frameRate: readonly [numerator: number, denominator: number];
  /** What a frame is made of, by ffmpeg's four letters: `RGBA`, 4 bytes a pixel, or `Y800`, gray. */
  readonly pixels: 'RGBA' | 'Y800';
}

/** What a stream of frames begins with. */
export function matroskaHeader({
  width,
  height,
  frameRate: [numerator, denominator],
  pixels,
}: MatroskaVideo): Uint8Array {
  const video = element(
    'Video',
    element('PixelWidth', number(width)),
    element('PixelHeight', number(height)),
    element('UncompressedFourCC', text(pixels)),
  );
  const track = element(
    'TrackEntry',
    element('TrackNumber', number(1)),
    element('TrackUID', number(1)),
    element('TrackType', number(1)),
    element('CodecID', text('V_UNCOMPRESSED')),
    element('DefaultDuration', number(Math.round((1e9 * denominator) / numerator))),
    video,
  );
  return joinedBytes([
    element(
      'EBML',
      element('DocType', text('matroska')),
      element('DocTypeVersion', number(4)),
      element('DocTypeReadVersion', number(2)),
    ),
    identifier('Segment'),
    // Of unknown size: it ends where the stream ends.
    Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    element(
      'Info',
      element('TimestampScale', number(WRITTEN_TICK)),
      element('MuxingApp', text('refinenet')),
      element('WritingApp', text('refinenet')),
    ),
    element('Tracks', track),
  ]);
}

/** What stands before a frame's own bytes. */
export function matroskaFrameHeader(seconds: number, bytes: number): Uint8Array {
  const block = Uint8Array.of(0x81, 0, 0, 0x80);
  const time = element('Timestamp', number(Math.round((seconds * 1e9) / WRITTEN_TICK)));
  const blockHead = joinedBytes([identifier('SimpleBlock'), size(block.length + bytes), block]);
  return joinedBytes([identifier('Cluster'), size(time.length + blockHead.length + bytes), time, blockHead]);
}

function element(name: keyof typeof ELEMENTS, ...content: readonly Uint8Array[]): Uint8Array {
  const body = joinedBytes(content);
  return joinedBytes([identifier(name), size(body.length), body]);
}

const identifier = (name: keyof typeof ELEMENTS): Uint8Array => number(ELEMENTS[name]);

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** A whole number of at least 0 in as few bytes as it takes, largest first. */
function number(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

/** A size in 8 bytes, the first of which says so. */
function size(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  bytes[0] = 0x01;
  return bytes;
}
