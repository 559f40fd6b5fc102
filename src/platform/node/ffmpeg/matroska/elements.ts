/** The elements of Matroska that a stream of uncompressed frames has; numbers from RFC 9559. */
export const ELEMENTS = {
  EBML: 0x1a45dfa3,
  DocTypeVersion: 0x4287,
  DocTypeReadVersion: 0x4285,
  DocType: 0x4282,
  Segment: 0x18538067,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  MuxingApp: 0x4d80,
  WritingApp: 0x5741,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackUID: 0x73c5,
  TrackType: 0x83,
  CodecID: 0x86,
  DefaultDuration: 0x23e383,
  Video: 0xe0,
  PixelWidth: 0xb0,
  PixelHeight: 0xba,
  UncompressedFourCC: 0x2eb524,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
  BlockGroup: 0xa0,
  Block: 0xa1,
} as const;

/** Nanoseconds a tick of what ffmpeg writes, and of what is written for it. */
export const READ_TICK = 1_000_000;
export const WRITTEN_TICK = 1000;
