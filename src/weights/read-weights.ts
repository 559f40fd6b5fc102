/** Reads weights of any supported format, told apart by what the file holds and not by what it is called. */
import { FormatError, RefineNetError } from '../errors.ts';
import type { Weights } from '../tensor/weights.ts';
import { readOnnxInitializers } from './onnx.ts';
import { readPyTorch } from './pytorch/read-pytorch.ts';
import { readSafetensors } from './safetensors.ts';

/** A kind of file that is met in place of weights, by how it begins, and what to tell its owner. */
interface UnsupportedFile {
  readonly matches: (bytes: Uint8Array) => boolean;
  readonly explanation: string;
}

const UNSUPPORTED_FILES: readonly UnsupportedFile[] = [
  { matches: (bytes) => bytes.length === 0, explanation: 'the file is empty. Fetch it again.' },
  {
    matches: startsWith('version https://git-lfs.github.com/spec/'),
    explanation:
      'this is a Git LFS pointer, a text of some lines in place of the weights. Fetch the file itself: git lfs pull, or its download link.',
  },
  {
    matches: (bytes) => /^(<!doctype html|<html|<\?xml|<head)/i.test(beginning(bytes).trimStart()),
    explanation:
      'this is a web page, not weights: the link led to an error, a login or a confirmation page. Open it in a browser and fetch the file behind it.',
  },
  {
    matches: startsWith('MATLAB 5.0 MAT-file'),
    explanation: 'MATLAB files (MAT v5) are not supported yet. Convert the weights to safetensors.',
  },
  {
    matches: (bytes) =>
      hasText(bytes, 0, 'MATLAB 7.3 MAT-file') || hasText(bytes, 0, HDF5) || hasText(bytes, 512, HDF5),
    explanation: 'HDF5 files (Keras .h5, MAT v7.3) are not supported yet. Convert the weights to safetensors.',
  },
  {
    matches: (bytes) => hasText(bytes, 257, 'ustar'),
    explanation:
      'this is a tar archive. Unpack it and give the file of weights inside; files of torch.save are called .pth.tar without being one.',
  },
  { matches: startsWith('\x1f\x8b'), explanation: 'this file is gzip-compressed. Unpack it first: gunzip FILE.' },
  {
    matches: (bytes) => /^\s*[{[]/.test(beginning(bytes)),
    explanation: 'this is JSON text, not weights. Give the file of weights it belongs to.',
  },
];

const HDF5 = '\x89HDF\r\n\x1a\n';

/** Supported formats by how they begin; what none claims is tried as ONNX, which has no mark of its own. */
const FORMATS: readonly {
  readonly matches: (bytes: Uint8Array) => boolean;
  readonly read: (bytes: Uint8Array) => Weights;
}[] = [
  { matches: startsWith('PK'), read: readPyTorch },
  { matches: (bytes) => bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5, read: readPyTorch },
  { matches: isSafetensors, read: (bytes) => readSafetensors(bytes).weights },
];

/**
 * Reads the weights in a file of PyTorch, safetensors or ONNX.
 * @param fileName only for messages.
 * @throws FormatError beginning with the file's name; files that are often taken for weights (Git LFS pointers, web pages,
 * archives, MATLAB and HDF5 files) are recognized and explained.
 */
export function readWeights(bytes: Uint8Array, fileName: string): Weights {
  const format = FORMATS.find(({ matches }) => matches(bytes));
  const unsupported = format === undefined ? UNSUPPORTED_FILES.find(({ matches }) => matches(bytes)) : undefined;
  if (unsupported !== undefined) throw new FormatError(`${fileName}: ${unsupported.explanation}`);
  try {
    return (format?.read ?? readOnnxInitializers)(bytes);
  } catch (error) {
    if (!(error instanceof RefineNetError)) throw error;
    const hint = format === undefined ? ' (Supported are PyTorch files, safetensors and ONNX models.)' : '';
    throw new FormatError(`${fileName}: ${error.message}${hint}`);
  }
}

/** A header that reaches past the end counts as well, so that a file cut short is called that. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);
}

function startsWith(text: string): (bytes: Uint8Array) => boolean {
  return (bytes) => hasText(bytes, 0, text);
}

function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0));
}

function beginning(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 256));
}
