/** What users' compilers say of the package's types: nothing, in the strictest of usual settings. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkedProject, pack, SLOW_MS, temporaryFolder } from './packed.ts';
import { missingExports } from './public-types.ts';

const USES = {
  core: `import { type Segmentation, Segmenter, type Tensor, tensor } from 'refinenet';
    export const zero: Tensor<'float32'> = tensor('float32', [1], new Float32Array(1));
    export async function labels(of: Segmenter, found: Segmentation): Promise<number> {
      await of.dispose();
      return found.labels.data[0] ?? 0;
    }`,
  node: `import { loadModel, type NodeSegmenter } from 'refinenet/node';
    export async function labels(photo: string): Promise<Uint8Array | Uint16Array> {
      const model: NodeSegmenter = await loadModel('models/street-scenes', { confidence: true });
      const { labels } = await model.segment(photo);
      await model.dispose();
      return labels.data;
    }`,
  training: `import { type Backend, exportOnnx, UsageError } from 'refinenet';
    import { evaluate, type Evaluation, type Predict } from 'refinenet/evaluation';
    import { type Dataset, type DecodeImage, planTraining, type RunStorage, startingModelFor, train } from 'refinenet/training';
    export async function trained(dataset: Dataset, decodeImage: DecodeImage, backend: Backend, storage: RunStorage) {
      const model = startingModelFor(dataset, { architecture: 'refinenet-lw-resnet18' });
      if (typeof exportOnnx !== 'function') throw new UsageError('');
      const { configuration } = await planTraining({ model, dataset, decodeImage });
      return (await train({ model, dataset, decodeImage, backend, storage, configuration })).status;
    }
    export const scores = (dataset: Dataset, predict: Predict, decodeImage: DecodeImage): Promise<Evaluation> =>
      evaluate(dataset, predict, { split: 'val', decodeImage });`,
  web: `import * as ort from 'onnxruntime-web';
    import { type Backend, readSafetensors, Segmenter, webBackend } from 'refinenet/web';
    const backend: Backend = webBackend(ort);
    export const weights = readSafetensors(new Uint8Array(8)).weights;
    export const make = (model: Parameters<typeof Segmenter.create>[0]) => Segmenter.create(model, backend);`,
  'web-training': `import { architecture, loadModel } from 'refinenet/web';
    import { type LabeledImage, listRuns, resumeTraining, trainModel, type TrainingRun } from 'refinenet/web/training';
    export async function trained(files: readonly File[], canvas: HTMLCanvasElement, signal: AbortSignal) {
      const images: LabeledImage[] = files.map((image) => ({ image, mask: canvas }));
      const { status, files: model } = await trainModel(images, {
        classes: ['background', { name: 'cat', color: [255, 0, 0] }],
        definition: architecture('refinenet-lw-resnet18', 2),
        validation: 0.2,
        epochs: 3,
        signal,
        onProgress: ({ loss, imagesPerSecond }) => console.log(loss.toFixed(3), imagesPerSecond),
        onValidation: ({ meanIoU, samples }) => samples.map(({ found }) => found.drawOverlay(canvas, { opacity: meanIoU })),
      });
      return status === 'finished' ? loadModel(model) : (await resumeTraining('training')).load();
    }
    export const unfinished = async (): Promise<readonly TrainingRun[]> =>
      (await listRuns()).filter(({ status }) => status === 'interrupted');`,
} as const;

const RESOLUTIONS = {
  nodenext: { module: ts.ModuleKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
} as const;

/** What every user's configuration may have: no library beyond the year and the DOM, and declarations are checked too. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: true,
  skipLibCheck: false,
  // The compiler's own declarations are not what is tested, and take minutes.
  skipDefaultLibCheck: true,
  noEmit: true,
};

let project: string;

beforeAll(async () => {
  project = await temporaryFolder();
  const { archive } = await pack(project);
  await linkedProject(archive, project);
  for (const [name, text] of Object.entries(USES)) await writeFile(join(project, `${name}.ts`), text);
});

afterAll(() => rm(project, { recursive: true, force: true }));

/** Each declaration is parsed once for all programs. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function compile(files: string | readonly string[], own: ts.CompilerOptions): ts.Program {
  const options = { ...OPTIONS, typeRoots: [join(project, 'node_modules/@types')], ...own };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, language, ...rest) => {
    const key = `${name} ${options.module}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(name, language, ...rest));
    return parsed.get(key);
  };
  return ts.createProgram(
    [files].flat().map((file) => join(project, file)),
    options,
    host,
  );
}

const complaints = (program: ts.Program): readonly string[] =>
  ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);

describe('a compiler', { timeout: SLOW_MS }, () => {
  const cases = Object.keys(USES).flatMap((use) =>
    Object.keys(RESOLUTIONS).map((resolution) => [use, resolution] as const),
  );
  test.each(cases)('accepts the use of %s with the resolution %s', (use, resolution) => {
    const program = compile(`${use}.ts`, {
      ...RESOLUTIONS[resolution as keyof typeof RESOLUTIONS],
      ...(use === 'node' && { types: ['node'] }),
    });
    expect(complaints(program)).toEqual([]);
  });

  test.each(['core', 'node'])("without the DOM finds nothing in this package's own declarations of %s", (use) => {
    const program = compile(`${use}.ts`, { ...RESOLUTIONS.nodenext, lib: ['lib.es2023.d.ts'], types: ['node'] });
    expect(complaints(program).filter((complaint) => complaint.includes('node_modules/refinenet/'))).toEqual([]);
  });

  test('still finds what is wrong', async () => {
    await writeFile(
      join(project, 'wrong.ts'),
      `import { Segmenter } from 'refinenet'; export const two: string = Segmenter.create;`,
    );
    expect(complaints(compile('wrong.ts', RESOLUTIONS.nodenext)).join()).toContain(
      "is not assignable to type 'string'",
    );
  });
});

describe('every type that is mentioned can be named', { timeout: SLOW_MS }, () => {
  test.each([
    ['core', []],
    ['evaluation', ['core']],
    ['training', ['core', 'evaluation']],
    ['node', []],
    ['web', []],
    ['web-training', ['web', 'training']],
  ])('by who imports the entry %s, and what it stands on: %j', (entry, besides) => {
    const dist = join(project, 'node_modules/refinenet/dist');
    const files = [entry, ...besides].map((name) => `node_modules/refinenet/dist/entries/${name}.d.ts`);
    const program = compile(files, { ...RESOLUTIONS.nodenext, types: ['node'] });
    const [own, ...others] = files.map((file) => join(project, file)) as [string];
    expect(missingExports(program, own, dist, others)).toEqual([]);
  });

  test('or it is found: with one export less there is one', async () => {
    const dist = join(project, 'node_modules/refinenet/dist');
    const text = await readFile(join(dist, 'entries/core.d.ts'), 'utf8');
    const less = text.replace(/^export type \{ Dimension \}.*$/m, '');
    expect(less).not.toBe(text);
    await writeFile(join(dist, 'entries/less.d.ts'), less);
    const found = missingExports(
      compile('node_modules/refinenet/dist/entries/less.d.ts', RESOLUTIONS.nodenext),
      join(dist, 'entries/less.d.ts'),
      dist,
    );
    expect(found).toEqual([{ name: 'Dimension', file: join(dist, 'graph/dimension.d.ts'), mentionedBy: 'Shape' }]);
  });

  test('or it is listed with its file and with what mentions it, through types that a module keeps to itself', async () => {
    await writeFile(
      join(project, 'parts.ts'),
      `export interface Deep { readonly deep: number }
       export interface Missing<T> { readonly deep: T extends Deep ? Deep : never }
       interface Kept { readonly part: Hidden }
       export interface Hidden { readonly name: string }
       export interface Shown extends Kept { readonly list: ReadonlyArray<import('./parts.ts').Missing<number>> }`,
    );
    await writeFile(join(project, 'entry.ts'), `export type { Shown } from './parts.ts';`);
    const program = compile('entry.ts', { ...RESOLUTIONS.nodenext, allowImportingTsExtensions: true });
    const found = missingExports(program, join(project, 'entry.ts'), project);
    expect(found.map(({ name, mentionedBy }) => `${name} of ${mentionedBy}`)).toEqual([
      'Missing of Shown',
      'Hidden of Kept',
      'Deep of Missing',
    ]);
    expect(found[0]?.file).toBe(join(project, 'parts.ts'));
  });
});
