import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../errors.ts';
import { float32 } from '../tensor/tensor.ts';
import { readWeights } from './read-weights.ts';
import { writeSafetensors } from './safetensors.ts';

function fixture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url)));
}

function text(value: string, length = value.length): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < value.length; index++) bytes[index] = value.charCodeAt(index);
  return bytes;
}

function at(offset: number, value: string): Uint8Array {
  const bytes = new Uint8Array(1024);
  bytes.set(text(value), offset);
  return bytes;
}

describe('the format is told by the contents, whatever the name', () => {
  test.each(['network-zip.pth', 'network-legacy.pth', 'wrapped-segmenter.pth'])('PyTorch: %s', (name) => {
    expect(readWeights(fixture(`pytorch/${name}`), 'x.onnx').size).toBe(7);
  });

  test('safetensors', () => {
    const weights = new Map([['a', float32([2], [1, 2])]]);
    const bytes = new Uint8Array(Buffer.concat(writeSafetensors(weights)));
    expect(readWeights(bytes, 'x.pth')).toEqual(weights);
  });

  test('ONNX', () => {
    expect(readWeights(fixture('onnx/network.onnx'), 'x.safetensors').size).toBe(2);
  });
});

describe('what is often taken for weights is explained', () => {
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';

  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'w.pth: the file is empty. Fetch it again.'],
    ['a Git LFS pointer', text(lfs), 'w.pth: this is a Git LFS pointer'],
    ['a web page', text('\n <!DOCTYPE html><html>404'), 'w.pth: this is a web page, not weights'],
    ['a bare web page', text('<html><head>'), 'w.pth: this is a web page, not weights'],
    ['an XML error', text('<?xml version="1.0"?><Error>'), 'w.pth: this is a web page, not weights'],
    ['HDF5', text('\x89HDF\r\n\x1a\n', 100), 'w.pth: HDF5 files (Keras .h5, MAT v7.3) are not supported yet'],
    ['MAT v7.3', text('MATLAB 7.3 MAT-file', 600), 'w.pth: HDF5 files (Keras .h5, MAT v7.3) are not supported yet'],
    ['HDF5 behind a block', at(512, '\x89HDF\r\n\x1a\n'), 'w.pth: HDF5 files'],
    [
      'MAT v5',
      text('MATLAB 5.0 MAT-file, Platform: GLNXA64', 200),
      'w.pth: MATLAB files (MAT v5) are not supported yet',
    ],
    ['tar', at(257, 'ustar'), 'w.pth: this is a tar archive'],
    ['gzip', text('\x1f\x8b\x08\0\0'), 'w.pth: this file is gzip-compressed'],
    ['JSON', text('{"weight_map": {}}'), 'w.pth: this is JSON text, not weights'],
    ['anything else', text('hello world'), 'w.pth: ONNX: the bytes are not a well-formed model'],
  ])('%s', (_, bytes, message) => {
    expect(() => readWeights(bytes, 'w.pth')).toThrow(FormatError);
    expect(() => readWeights(bytes, 'w.pth')).toThrow(message);
  });

  test('what no format claims gets the list of supported ones', () => {
    expect(() => readWeights(text('hello world'), 'w')).toThrow(
      '(Supported are PyTorch files, safetensors and ONNX models.)',
    );
  });

  test('errors of a format begin with the file', () => {
    expect(() => readWeights(text('PK\x03\x04'), 'w.pth')).toThrow(
      'w.pth: PyTorch zip: the archive is damaged or cut short',
    );
    const cut = (writeSafetensors(new Map([['a', float32([1], [1])]]))[0] as Uint8Array).subarray(0, 20);
    expect(() => readWeights(cut, 'w.pth')).toThrow(/^w\.pth: safetensors: the header claims \d+ bytes, but 12 follow/);
  });
});
