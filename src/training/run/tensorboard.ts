/**
 * Event files as TensorBoard reads them: records of a length and its checksum, an Event message and its checksum.
 * Layouts: tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto, framework/summary.proto.
 */
import { joinedBytes } from '../../joined-bytes.ts';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** An Event's fields by their numbers in event.proto and summary.proto. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2, image: 4 } as const;
const IMAGE = { height: 1, width: 2, colorspace: 3, encoded: 4 } as const;
const SESSION_LOG = { status: 1, start: 1 } as const;
const RGB = 3;

/** An image in its PNG or JPEG form. */
export interface EncodedImage {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface EventStamp {
  /** Updates done. */
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
}

/** The name of an event file: TensorBoard reads those of a folder in the order of their names. `time` is in ms since 1970. */
export function eventFileName(time: number): string {
  const seconds = Math.floor(time / 1000);
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.${String(Math.floor(time % 1000)).padStart(3, '0')}`;
}

/**
 * The beginning of an event file. TensorBoard forgets what earlier files of the folder say of this step and later ones, so a
 * resumed run draws no line twice.
 */
export function eventFileStart({ step, wallTime }: EventStamp): Uint8Array {
  const version = event({ step: 0, wallTime }, (writer) => {
    writer.tag(EVENT.fileVersion, WireType.LengthDelimited).string('brain.Event:2');
  });
  const start = event({ step, wallTime }, (writer) => {
    writer.tag(EVENT.sessionLog, WireType.LengthDelimited).fork();
    writer.tag(SESSION_LOG.status, WireType.Varint).int32(SESSION_LOG.start).join();
  });
  return joinedBytes([version, start]);
}

/** A record of numbers by their tags, such as `train/loss`. */
export function scalarEvent(stamp: EventStamp, scalars: Readonly<Record<string, number>>): Uint8Array {
  return summaryEvent(stamp, Object.entries(scalars), (writer, value) => {
    writer.tag(VALUE.simpleValue, WireType.Bit32).float(value);
  });
}

/** A record of images by their tags. */
export function imageEvent(stamp: EventStamp, images: Readonly<Record<string, EncodedImage>>): Uint8Array {
  return summaryEvent(stamp, Object.entries(images), (writer, { width, height, bytes }) => {
    writer.tag(VALUE.image, WireType.LengthDelimited).fork();
    writer.tag(IMAGE.height, WireType.Varint).int32(height);
    writer.tag(IMAGE.width, WireType.Varint).int32(width);
    writer.tag(IMAGE.colorspace, WireType.Varint).int32(RGB);
    writer.tag(IMAGE.encoded, WireType.LengthDelimited).bytes(bytes).join();
  });
}

function summaryEvent<T>(
  stamp: EventStamp,
  values: readonly (readonly [tag: string, value: T])[],
  write: (writer: BinaryWriter, value: T) => void,
): Uint8Array {
  return event(stamp, (writer) => {
    writer.tag(EVENT.summary, WireType.LengthDelimited).fork();
    for (const [tag, value] of values) {
      writer.tag(SUMMARY_VALUE, WireType.LengthDelimited).fork();
      writer.tag(VALUE.tag, WireType.LengthDelimited).string(tag);
      write(writer, value);
      writer.join();
    }
    writer.join();
  });
}

function event({ step, wallTime }: EventStamp, fill: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(EVENT.wallTime, WireType.Bit64).double(wallTime);
  writer.tag(EVENT.step, WireType.Varint).int64(step);
  fill(writer);
  return framed(writer.finish());
}

/** The length as an unsigned 64-bit number, its checksum, the data, its checksum; little-endian. */
function framed(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/** The Castagnoli checksum, turned and shifted as TFRecord asks, so that checksums of checksums stay different. */
export function maskedCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const CASTAGNOLI_REVERSED = 0x82f63b78;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ CASTAGNOLI_REVERSED : remainder >>> 1;
  }
  return remainder;
});
