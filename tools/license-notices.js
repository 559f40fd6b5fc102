/** What the licenses of the libraries ask for whoever passes them on inside other files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whose packages have no text of their license. */
const HOLDERS = {
  '@bufbuild/protobuf': 'Buf Technologies, Inc. and Google Inc.',
  'onnxruntime-web': 'Microsoft Corporation',
};

/** The notices for scripts that were made of these files. */
export async function licenseNotices(root, files) {
  const packages = new Set(
    files.flatMap((file) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
  );
  const notices = [...packages].sort().map(async (name) => {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const own = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    const text = own
      ? await readFile(join(folder, own), 'utf8')
      : `License: ${license}. Copyright (c) ${HOLDERS[name] ?? 'its authors'}.`;
    return `${name} ${version}, ${license}\n\n${text.trim()}\n`;
  });
  return `The scripts in this folder contain parts of these libraries.\n\n${(await Promise.all(notices)).join('\n---\n\n')}`;
}
