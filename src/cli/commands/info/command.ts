/** `refinenet info`: what a network is made of, and what it costs. */
import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.ts';
import { architecture, ARCHITECTURE_NAMES, architectureName } from '../../../models/architectures.ts';
import type { NetworkDefinition } from '../../../models/families.ts';
import { type CascadeName, CASCADES } from '../../../models/refinenet/cascades.ts';
import type { Model } from '../../../models/model.ts';
import { preprocessorText } from '../../../models/preprocessor-text.ts';
import { type NetworkSummary, summarize } from '../../../models/summary.ts';
import { readModelFolder } from '../../../platform/node/model-folder.ts';
import { assertNoArchitectureOptions } from '../../../tasks/architecture-options.ts';
import { byteLength } from '../../../tensor/weights.ts';
import { count } from '../../../text.ts';
import { print, table } from '../../output.ts';
import { oneOf, size, wholeNumber } from '../../parse.ts';
import { modelFolder } from '../../../platform/node/model-location.ts';
import type { RegisterCommand } from '../register-command.ts';

interface InfoOptions {
  readonly size: { readonly width: number; readonly height: number };
  readonly classes?: number;
  readonly cascade?: CascadeName;
  readonly poolingBlocks?: number;
  readonly layers?: boolean;
  readonly json?: boolean;
}

/** Pascal VOC's, with the background. */
const DEFAULT_CLASSES = 21;

const CASCADE_NAMES = Object.keys(CASCADES) as readonly CascadeName[];

export const registerInfo: RegisterCommand = (program: Command) => {
  program
    .command('info')
    .description('layers, parameters and multiply-adds of a model or an architecture')
    .argument('<model>', `a model folder, or one of ${ARCHITECTURE_NAMES.join(', ')}`)
    .addOption(
      new Option('--size <WxH>', 'image size for multiply-adds')
        .argParser(size('--size'))
        .default({ width: 512, height: 512 }, '512x512'),
    )
    .option(
      '--classes <count>',
      `classes of an architecture (default: ${DEFAULT_CLASSES})`,
      wholeNumber('--classes', 1),
    )
    .option('--cascade <name>', `of an architecture: ${CASCADE_NAMES.join(', ')}`, oneOf('--cascade', CASCADE_NAMES))
    .option(
      '--pooling-blocks <count>',
      'of an architecture: chained pooling blocks',
      wholeNumber('--pooling-blocks', 0),
    )
    .option('--layers', 'list every layer')
    .option('--json', 'print JSON')
    .action(info);
};

async function info(given: string, options: InfoOptions): Promise<void> {
  const subject = await modelFolder(given);
  const model = (await stat(subject).catch(() => null)) ? await readModelFolder(subject) : null;
  if (!model && !(ARCHITECTURE_NAMES as readonly string[]).includes(subject)) {
    throw new UsageError(
      `"${subject}" is neither a model folder nor an architecture. The architectures are ${ARCHITECTURE_NAMES.join(', ')}.`,
    );
  }
  const { classes, cascade, poolingBlocks } = options;
  if (model) {
    assertNoArchitectureOptions(given, {
      '--classes': classes,
      '--cascade': cascade,
      '--pooling-blocks': poolingBlocks,
    });
  }
  const definition = model?.definition ?? architecture(subject, classes ?? DEFAULT_CLASSES, variationOf(options));
  const summary = summarize(definition, options.size);
  if (options.json) {
    print(
      JSON.stringify({ name: subject, definition, ...describeModel(model), size: options.size, ...summary }, null, 2),
    );
    return;
  }
  print(`${architectureName(definition)}, ${definition.classes} classes`);
  printModel(model);
  printField(definition);
  print(`Parameters: ${summary.parameters.toLocaleString('en')} (${millions(summary.parameters)} M)`);
  print(`Multiply-adds at ${options.size.width} x ${options.size.height}: ${billions(summary.multiplyAdds)} G`);
  print();
  print(options.layers ? layerTable(summary) : partTable(summary));
}

/** What has no parameters, and takes time nevertheless. */
function printField({ decoder: { crf } }: NetworkDefinition): void {
  if (!crf) return;
  print(
    `Conditional random field: weight ${crf.weight}, ${count(crf.iterations, 'round')}, rings at ${crf.dilations.join(' and ')}, color ${crf.color}. It has no parameters and is not counted below.`,
  );
}

function variationOf({ cascade, poolingBlocks }: InfoOptions): Parameters<typeof architecture>[2] {
  return {
    ...(cascade && { cascade }),
    ...(poolingBlocks !== undefined && { pooling: { count: poolingBlocks } }),
  };
}

function describeModel(model: Model | null): object {
  if (!model) return {};
  return { classes: model.classes, preprocessing: model.preprocessing, weightBytes: byteLength(model.weights) };
}

function printModel(model: Model | null): void {
  if (!model) return;
  print(`Classes: ${model.classes.map(({ name }) => name).join(', ')}`);
  print(`Input: ${preprocessorText(model.preprocessing)}`);
  print(`Weights: ${(byteLength(model.weights) / 1e6).toFixed(1)} MB`);
}

function partTable({ parts }: NetworkSummary): string {
  const rows = parts.map(({ name, parameters, multiplyAdds }) => [name, millions(parameters), billions(multiplyAdds)]);
  return table([['part', 'parameters (M)', 'multiply-adds (G)'], ...rows], [1, 2]);
}

function layerTable({ layers }: NetworkSummary): string {
  const rows = layers.map(({ name, operator, outputShape, parameters, multiplyAdds }) => [
    name,
    operator,
    outputShape.slice(1).join(' x '),
    parameters.toLocaleString('en'),
    billions(multiplyAdds),
  ]);
  return table([['layer', 'operator', 'output', 'parameters', 'multiply-adds (G)'], ...rows], [3, 4]);
}

const millions = (count: number): string => (count / 1e6).toFixed(3);
const billions = (count: number): string => (count / 1e9).toFixed(2);
