/** import of many files, and what an imported model gives. */
import { existsSync } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Weights } from '../../src/tensor/weights.ts';
import { writePublished } from '../support/published-weights.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, wavesPng } from '../support/synthetic-model.ts';
import { hasTorch, NO_TORCH, runTorch } from '../support/torch.ts';

const importFile = (file: string, ...options: string[]) =>
  runCli(['import', join(folder, file), '--output', join(folder, `model of ${file}`), ...options]);

let folder: string;
let published: Weights;
beforeAll(async () => {
  folder = await temporaryFolder();
  published = await writePublished(folder);
  await writeFile(join(folder, 'photo.png'), await wavesPng(70, 50));
  expect((await importFile('published.safetensors')).code).toBe(0);
});

/** The bytes of the logits that an imported file gives for the image. */
async function logitsOf(file: string): Promise<Buffer> {
  const output = join(folder, `out of ${file}`);
  const { code, stderr } = await runCli([
    'predict',
    join(folder, 'photo.png'),
    '--model',
    join(folder, `model of ${file}`),
    '--output',
    output,
    '--logits',
  ]);
  expect(code, stderr).toBe(0);
  return readFile(join(output, 'photo.logits.npy'));
}

describe('import', () => {
  test.skipIf(!hasTorch)(
    `gives the same logits from every container and wrapper of torch.save${hasTorch ? '' : `: ${NO_TORCH}`}`,
    async () => {
      runTorch(
        folder,
        published,
        `
prefixed = collections.OrderedDict(('module.' + name, value) for name, value in state_dict.items())
for name, content in {
    'flat': state_dict,
    'segmenter': {'segmenter': prefixed, 'epoch_start': 7, 'best_val': 0.41},
    'model': {'model': prefixed, 'epoch': 3, 'optimizers': [torch.optim.SGD([torch.nn.Parameter(torch.zeros(3))], 0.1, 0.9).state_dict()], 'schedulers': [{'gamma': 0.5}], 'best_val': 0.2},
    'weights': {'weights': state_dict, 'global_iteration': 12, 'model_metadata': {'type': 'mbv2', 'num_classes': 21}},
    'state_dict': {'state_dict': state_dict},
}.items():
    torch.save(content, os.path.join(folder, name + '-zip.pth'))
    torch.save(content, os.path.join(folder, name + '-legacy.pth.tar'), _use_new_zipfile_serialization=False)
`,
      );
      const expected = await logitsOf('published.safetensors');
      const files = (await readdir(folder)).filter((file) => /\.pth(\.tar)?$/.test(file));
      expect(files).toHaveLength(10);
      for (const file of files) {
        const { code, stderr } = await importFile(file);
        expect(code, `${file}: ${stderr}`).toBe(0);
        expect((await logitsOf(file)).equals(expected), file).toBe(true);
      }
    },
  );

  test('reads its own ONNX export back, to the same logits', async () => {
    const model = join(folder, 'model of published.safetensors');
    const exported = await runCli(['export', model, '--output', join(folder, 'exported.onnx')]);
    expect(exported.stderr).toBe('');
    expect(exported.stdout).toContain('Checked: relative difference from our own logits');
    expect((await importFile('exported.onnx')).code).toBe(0);
    expect((await logitsOf('exported.onnx')).equals(await logitsOf('published.safetensors'))).toBe(true);
  });

  test('draws a classifier for a new number of classes on request, and says so', async () => {
    const refused = await importFile('published.safetensors', '--classes', '5', '--force');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('decoder.classifier.weight [21, 256, 3, 3] -> [5, 256, 3, 3]');
    expect(refused.stderr).toContain('reinitialize "classifier"');
    const output = join(folder, 'five');
    const drawn = await runCli([
      'import',
      join(folder, 'published.safetensors'),
      '--output',
      output,
      '--classes',
      '5',
      '--reinitialize',
      'classifier',
    ]);
    expect(drawn.code).toBe(0);
    expect(drawn.stderr).toContain('Warning: 2 tensors were drawn afresh');
  });

  test('takes class names from a text, a JSON list and a data.yaml', async () => {
    const names = Array.from({ length: 21 }, (_, id) => `thing ${id}`);
    await writeFile(join(folder, 'names.txt'), `${names.join('\r\n')}\n`);
    await writeFile(join(folder, 'names.json'), JSON.stringify(names));
    await writeFile(join(folder, 'data.yaml'), `names:\n${names.map((name, id) => `  ${id}: ${name}`).join('\n')}\n`);
    for (const file of ['names.txt', 'names.json', 'data.yaml']) {
      const output = join(folder, `named by ${file}`);
      const { code, stderr } = await runCli([
        'import',
        join(folder, 'published.safetensors'),
        '--output',
        output,
        '--classes',
        join(folder, file),
      ]);
      expect(code, stderr).toBe(0);
      const { id2label } = JSON.parse(await readFile(join(output, 'config.json'), 'utf8'));
      expect(Object.values(id2label)).toEqual(names);
    }
  });
});

describe('a file that cannot be trusted', () => {
  const fixture = (name: string) => new URL(`../fixtures/pytorch/${name}`, import.meta.url);

  const refuse = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const before = await readdir(folder);
    const { code, stderr } = await importFile(name);
    expect(code, stderr).toBe(1);
    expect(existsSync(join(folder, `model of ${name}`))).toBe(false);
    expect(await readdir(folder)).toEqual(before);
    return stderr;
  };
  test('that was cut short is refused as such', async () => {
    const whole = await readFile(join(folder, 'published.safetensors'));
    expect(await refuse('cut.safetensors', whole.subarray(0, whole.length - 1000))).toContain(
      'cut.safetensors: safetensors:',
    );
    const zip = (await readdir(fixture('.'))).find((name) => name.includes('zip') && !/hostile|system/.test(name));
    if (zip) {
      await writeFile(join(folder, 'cut.pth'), await readFile(fixture(zip)));
      await truncate(join(folder, 'cut.pth'), 700);
      expect((await importFile('cut.pth')).stderr).toMatch(/cut\.pth: .*(cut|truncated|damaged|end)/i);
    }
  });

  test('that is no checkpoint at all is explained', async () => {
    expect(await refuse('pointer.pth', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n')).toContain(
      'Git LFS pointer',
    );
    expect(await refuse('page.pth', '<!DOCTYPE html><title>404</title>')).toContain('web page');
    expect(await refuse('empty.pth', '')).toContain('empty');
  });
});
