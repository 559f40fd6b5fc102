/** Bad inputs whose tests need a server, a browser, much time or other tools than test/bad-inputs.test.ts has, and where these are. */
interface Elsewhere {
  readonly input: string;
  /** From the root of the repository. */
  readonly file: string;
  /** The name of the test, or of its row. */
  readonly test: string;
}

const inFile = (file: string, tests: Readonly<Record<string, string>>): readonly Elsewhere[] =>
  Object.entries(tests).map(([input, test]) => ({ input, file, test }));

export const ELSEWHERE: readonly Elsewhere[] = [
  ...inFile('src/platform/node/decode-image.test.ts', {
    'pixels of an image with another color profile': 'converts other color profiles to sRGB unless told to ignore them',
    'pixels of an animation': 'takes the first frame of an animation',
    'pixels of CMYK': 'turns CMYK into RGB',
    'an image damaged anywhere': 'reports any damage as FormatError',
  }),
  ...inFile('src/image/png.test.ts', {
    'a mask whose texts and profiles are bombs':
      'is not moved by what texts and profiles contain, or what follows the end',
    'a mask with two headers': 'goes by the first of two headers',
  }),
  ...inFile('src/data/verify.test.ts', {
    'masks of every fault, and a class that is absent in val':
      'a data set with twenty-one kinds of faults: every one is named, with its files',
    'a mask of the size of an image before EXIF turned it': 'is named where the mask has the size of the stored image',
  }),
  ...inFile('src/data/mat/mat.test.ts', {
    'a MAT file whose compressed data is damaged': 'whose compressed data is damaged',
    'a MAT file of 100 001 arrays': 'with more arrays than may be',
    'a MAT file of version 7.3 in a page': 'of version 7.3, where nothing is given that reads it',
  }),
  ...inFile('src/platform/node/hdf5/read-hdf5-mat.slow.test.ts', {
    'a MAT file of HDF5 in a loop': 'over which the library does not come to an end is given up',
    'a MAT file of HDF5 that leads to other files': 'that leads to files of this machine finds none',
    'a MAT file of HDF5 that ends its reader': 'over which the library ends its thread is refused, each anew',
  }),
  ...inFile('src/weights/onnx.test.ts', {
    'external data of ONNX, said by its place': 'external data',
    'external data of ONNX, said by its entries': 'external entries',
    'sparse initializers of ONNX': 'sparse initializers',
    'dimensions of ONNX that are not its bytes': 'too few raw bytes',
    'negative dimensions of ONNX': 'a negative extent',
    'dimensions of ONNX that overflow': 'an overflowing shape',
  }),
  ...inFile('src/weights/pytorch/read-pytorch.slow.test.ts', {
    'a ZIP that declares another size': 'an entry that claims more bytes than the file has',
    'a ZIP whose entry is outside of it': 'an entry that begins beyond the end',
    'a ZIP with an entry many times': 'an entry listed many times, each time to be copied',
  }),
  ...inFile('src/weights/pytorch/rebuild-tensor.test.ts', {
    'tensors of one storage that take many times its bytes': 'copies that add up to more than four times the file',
  }),
  ...inFile('src/platform/node/model-folder.test.ts', {
    'a model folder whose weights are NaN':
      'whose last number is %d is refused with its tensor, though the file could be mapped',
  }),
  ...inFile('test/cli/import.test.ts', {
    'weights of other shapes': 'whose tensors have other shapes, or are missing, is refused with all of them at once',
  }),
  ...inFile('src/inference/network-session.test.ts', {
    'float16 on a device without it':
      'says what is missing and what to do on a graphics card that computes nothing in it',
  }),
  ...inFile('src/server/http/read-body.test.ts', {
    'a body in tiny chunks': 'a body in chunks of a byte takes about the memory of its bytes',
    'a body that breaks off': 'a stream that breaks gives back what it held',
  }),
  ...inFile('test/cli/serve.test.ts', {
    'a body that is too large': 'for a body beyond the limit, with and without its length',
    'a body without end': 'and cut off if it sends without end',
    'a body of another type': 'a web form',
    'no body, a gzip bomb, a form that is cut off, two files':
      'for compressed bodies, empty ones, and forms that are cut off or have two images',
    'a file name that leads elsewhere': 'takes a form with its options as fields',
    'an unknown model': '?model=../../etc/passwd',
    'a picture bomb': 'for an image with more pixels than allowed, however small its file',
    'a tensor of another name': 'another name',
    'lists without end': 'lists without end',
    'no HTTP': 'no HTTP',
  }),
  ...inFile('test/cli/serve-faults.slow.test.ts', {
    'a slow body': 'that is slow keeps nobody else waiting, and is not waited for forever',
    'a client that leaves': 'that leaves is worked for no longer',
    '1000 clients at once': 'is one of 1000 at once: each is answered',
    'SIGTERM under load': 'under load: what was accepted is answered, what is new refused, and the exit code is 0',
    'a full disk': 'keeps the server from nothing; predict names the file, leaves no half of one, and goes on later',
  }),
  ...inFile('test/browser/segment.slow.test.ts', {
    'a graphics card that is lost': 'is told that the graphics card is lost, and may load again',
  }),
  ...inFile('src/platform/web/training/memory.test.ts', {
    'too little memory': 'is told what helps where the memory was too small',
  }),
  ...inFile('src/inference/segmenter.test.ts', {
    'a model disposed of twice, and used after that': 'may be disposed twice, and says so when it is used after',
  }),
  ...inFile('src/platform/node/load.test.ts', {
    'a signal that aborts': 'tells progress, and ends when its signal is aborted',
  }),
  ...inFile('src/platform/node/run-folder.slow.test.ts', {
    'a kill while a checkpoint is written':
      'killed at any moments has a sound model in last, and resumed the same bytes as a run that was not',
    'a full disk while training': 'on a full disk ends with its checkpoint untouched, and goes on when there is room',
  }),
  ...inFile('src/platform/node/cached-costs.test.ts', {
    'a cache that is damaged': 'a file of costs that is damaged is an empty one, and is written anew',
  }),
];
