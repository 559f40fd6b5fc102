/**
 * How much a file or a request from somebody else may ask for, whoever reads it: command line, library, page or server. What is
 * beyond is refused with a RefineNetError before memory is taken for it.
 */

/** Pixels of an image unless more are allowed: 0x3FFF squared, as in libvips. A larger one takes gigabytes to decode. */
export const PIXELS = 268_402_689;

/** Channels of an image: red, green, blue, alpha or four inks, and one more. Others are measurements. */
export const CHANNELS = 5;

/**
 * Pixels to which resizing may enlarge an image before it enters the network. Long, narrow ones are enlarged by models that want
 * a shortest side: 40 x 40 000 pixels in a file of kilobytes would become 518 million, for which a network takes 160 GB.
 */
export const ENLARGED_PIXELS = 64_000_000;

/** Bytes of a JSON file that describes a model: those of ours have kilobytes, with 65 536 classes some megabytes. */
export const JSON_BYTES = 64 << 20;

/** Bytes of a data set's lists and tables of classes. */
export const TEXT_BYTES = 64 << 20;

/** Bytes of a data set's JSON: a text cannot be longer in the engines of Node and browsers; COCO's own labels reach 470 million. */
export const JSON_LIST_BYTES = 500_000_000;

/** Bytes to which the packed bitmap of a drawn shape may unpack: none of a sensible shape has more. */
export const SHAPE_BITMAP_BYTES = 64 << 20;

/** Bytes to which a MAT file of labels may unpack: that of a crowd in PASCAL-Part, a mask a part, has tens of millions. */
export const MAT_BYTES = 256 << 20;

/** Arrays of a MAT file, all that are in others counted: a list of SUN RGB-D's images has ten thousand. */
export const MAT_ARRAYS = 100_000;

/** Files of a data set. A listing of so many takes about a gigabyte. */
export const DATASET_FILES = 5_000_000;

/** Bytes of the header of a safetensors file: the format's own limit. */
export const SAFETENSORS_HEADER_BYTES = 100_000_000;

/** Entries of a zip file. A large network has a thousand; each takes some hundred bytes. */
export const ZIP_ENTRIES = 100_000;

/** Bytes of a zip file: more than 32 bits of them need another form of its directory. */
export const ZIP_BYTES = 2 ** 32 - 1;

/** Opcodes of a pickle; each can make an object of some hundred bytes. A large network takes some 50 000. */
export const PICKLE_OPCODES = 2_000_000;

/** Bytes of a pickle's whole number: more fit no count or size, and reading a long one takes time that grows with its square. */
export const PICKLE_INTEGER_BYTES = 8;

/** Axes of a tensor: PyTorch's own limit. */
export const TENSOR_AXES = 64;

/** Copies of transposed or widened tensors may take this many times the bytes of their storages. */
export const TENSOR_COPIES = 4;

/** Fields of an ONNX tensor's message; an exporter writes about ten and one for each axis. */
export const ONNX_TENSOR_FIELDS = 1000;

/** Bytes of ONNX's int64_data, whose decoded form takes tens of times as much. Weights of that size are in raw_data. */
export const ONNX_INT64_BYTES = 1 << 24;

/** What a server takes unless it is told otherwise. */
export const SERVER = {
  /** Bytes of a request's body: images of today's telephones have 3 to 12 MB. */
  bodyBytes: 32 << 20,
  /** Pixels of an image, where memory does not say less: these telephones have 12 to 16 million. */
  pixels: 16_000_000,
  /** All runs of the network for a request together, in times of the largest one. */
  runs: 8,
  /** Bodies that are held at once before they wait for an engine, in times of the largest one. */
  bodies: 16,
  /** Seconds that a body and headers may take to come: slow networks need them, slow attackers hold a connection no longer. */
  bodySeconds: 30,
  headerSeconds: 15,
  /** How long, and how many bytes, of a body that was refused are still taken and thrown away, so that its answer arrives. */
  restSeconds: 5,
  restBytes: 128 << 20,
  /** Of a form: its image and the options there are. */
  form: { files: 1, fields: 16, parts: 17, fieldNameSize: 64, fieldSize: 1024, headerPairs: 32 },
  /** Bytes of a form around its image. */
  formBytes: 64 * 1024,
} as const;
