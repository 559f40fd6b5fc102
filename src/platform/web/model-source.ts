/** Where a page's model comes from. */
import { UsageError } from '../../errors.ts';
import { describeValue } from '../../text.ts';

/** A file in hand. A config may also be the object that its JSON says. */
export type FileInHand = Uint8Array | ArrayBuffer | Blob | Response;

/** A model's files in hand: what a model folder has under the names config.json, preprocessor_config.json, ... */
export interface ModelFilesInHand {
  readonly config: FileInHand | object;
  readonly preprocessor: FileInHand | object;
  /** model.safetensors, float32 or float16. */
  readonly weights: FileInHand;
  /** quantization.json, which `precision: 'int8'` needs. */
  readonly quantization?: FileInHand | object;
}

/** A model folder's address, that of a repository in the manner of Hugging Face, or files in hand. */
export type ModelSource = string | URL | ModelFilesInHand;

/** The same as plain data, as it goes to a worker. */
export type PlainModelSource = { readonly folder: string } | { readonly files: PlainModelFiles };

export type PlainModelFiles = Readonly<Partial<Record<keyof ModelFilesInHand, Blob | object>>>;

const FILES = ['config', 'preprocessor', 'weights', 'quantization'] as const;

/**
 * @param base what relative addresses are relative to.
 * @throws UsageError if it is neither an address nor files.
 */
export async function plainModelSource(source: ModelSource, base: string): Promise<PlainModelSource> {
  if (typeof source === 'string' || source instanceof URL) return { folder: folderAddress(source, base) };
  const missing =
    typeof source === 'object' && source !== null
      ? FILES.filter((name) => name !== 'quantization' && !source[name])
      : FILES;
  if (missing.length > 0) {
    throw new UsageError(
      `A model is the address of its folder, such as "models/street-scenes/", or { config, preprocessor, weights } in hand, but got ${describeValue(source)}.`,
    );
  }
  const entries = FILES.flatMap((name) => {
    const file = source[name];
    return file === undefined ? [] : [plainFile(file).then((plain) => [name, plain] as const)];
  });
  return { files: Object.fromEntries(await Promise.all(entries)) };
}

/** A folder ends in a slash, or its files would be looked for beside it. */
function folderAddress(source: string | URL, base: string): string {
  let url: URL;
  try {
    url = new URL(source, base);
  } catch {
    throw new UsageError(`${JSON.stringify(String(source))} is no address. Give that of a model's folder.`);
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `${url.href}: a page loads models over http or https. Serve the folder, or give its files in hand: { config, preprocessor, weights }.`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

async function plainFile(file: FileInHand | object): Promise<Blob | object> {
  if (file instanceof Response) {
    if (!file.ok) throw new UsageError(`${file.url || 'A response'} is no file: the server answered ${file.status}.`);
    return file.blob();
  }
  if (file instanceof ArrayBuffer) return new Blob([file]);
  return ArrayBuffer.isView(file) ? new Blob([file as Uint8Array<ArrayBuffer>]) : file;
}
