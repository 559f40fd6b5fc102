/** A run's configuration as people read it. */
import type { MixStep } from '../../../data/mixing/index.ts';
import type { TransformStep } from '../../../data/transforms/index.ts';
import type { Preprocessing } from '../../../image/preprocess.ts';
import { architectureName } from '../../../models/architectures.ts';
import { edgeText } from '../../../models/preprocessor-text.ts';
import { elementCount } from '../../../tensor/shape.ts';
import { count, percent } from '../../../text.ts';
import { type TrainingConfiguration, updatesPerEpoch } from '../../../training/configuration.ts';
import type { ScheduleDefinition } from '../../../training/schedules.ts';
import { networkParts } from '../../../training/step/graph.ts';
import {
  type LossTerm,
  type OptimizerDefinition,
  PARAMETER_GROUPS,
  type StepDefinition,
} from '../../../training/step/types.ts';

/** Lines of names and values. */
export function describeConfiguration(configuration: TrainingConfiguration): readonly string[] {
  const { preset, data, classes, epochs, batch, crop, step, schedule, seed, patience, preprocessing } = configuration;
  const { sampling, mixing, views } = configuration;
  const images = batch * step.accumulate;
  const accumulated = step.accumulate > 1 ? ` x ${step.accumulate} batches` : '';
  const rows: readonly (readonly [name: string, value: string])[] = [
    [
      'data',
      `${data.train} images to train on, ${data.validation} to validate on, ${classes.length} classes (${data.format})`,
    ],
    ...(data.predicted
      ? [
          [
            'predicted',
            `the masks of ${data.predicted.images} of them, learned from where the confidence is at least ${percent(data.predicted.confidence, 0)}`,
          ] as const,
        ]
      : []),
    ...(sampling ? [['epoch', describeSampling(sampling)] as const] : []),
    ['recipe', `${preset}, seed ${seed}`],
    [
      'run',
      `${count(epochs, 'epoch')} of ${count(updatesPerEpoch(configuration), 'update')}${patience === null ? '' : `, ending after ${patience} validations without gain`}`,
    ],
    ['update', `${images} images of ${crop}x${crop} (${batch} a batch${accumulated})`],
    ...(preprocessing.resize ? [['images', describeResize(preprocessing.resize)] as const] : []),
    ['augmentation', configuration.augmentation.map(describeTransform).join(', ')],
    ...(mixing ? [['mixing', mixing.map(describeMix).join(', ')] as const] : []),
    ...(views === undefined
      ? []
      : [['views', `${views} of each image, which the frozen part of the network sees once`] as const]),
    ['loss', describeLoss(step)],
    ...(configuration.teacher ? [['teacher', architectureName(configuration.teacher.network)] as const] : []),
    [
      'optimizer',
      `${describeOptimizer(step.optimizer)}${decayed(step)}${step.clipNorm === null ? '' : `, gradients clipped at ${step.clipNorm}`}`,
    ],
    ['batch norm', step.batchNorm],
    ['rate', `${describeSchedule(schedule)}`],
    ...groupRates(configuration),
    ...(step.averageDecay === null
      ? []
      : [['average', `moving average of the weights, decay ${step.averageDecay}`] as const]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${value}`);
}

/** The highest rate of each group, and how many of its parameters train. */
function groupRates({ network, step, rates }: TrainingConfiguration): (readonly [string, string])[] {
  const { trainables } = networkParts(network, step);
  return PARAMETER_GROUPS.map((group) => {
    const own = trainables.filter((each) => each.group === group);
    const count = own.reduce((sum, { parameter }) => sum + elementCount(parameter.shape), 0);
    const value = count === 0 ? 'frozen' : `${rates[group]}, ${millions(count)} parameters train`;
    return [`  ${group}`, value];
  });
}

function describeSampling({ rules, images }: NonNullable<TrainingConfiguration['sampling']>): string {
  const words = rules.map((rule) =>
    'rare' in rule
      ? `those with classes that fewer than ${percent(rule.rare)} of the images have more often`
      : `${rule.names} ${rule.times} times`,
  );
  return `${images} images: ${words.join(', ')}`;
}

const describeResize = (resize: NonNullable<Preprocessing['resize']>): string =>
  `resized ${'width' in resize ? `to ${resize.width}x${resize.height}` : `so that the ${edgeText(resize)} pixels`}, here and when the model predicts`;

const describeTransform = (step: TransformStep): string =>
  step.transform === 'crop' && step.by !== undefined ? `crop by ${step.by}` : step.transform;

const describeMix = ({ mix, ...options }: MixStep): string =>
  [mix, ...Object.entries(options).map(([name, value]) => `${name} ${value}`)].join(' ');

function describeLoss({ loss: { terms, classWeights, resolution } }: StepDefinition): string {
  const sum = terms.map(describeTerm).join(' + ');
  const weights = classWeights ? `, class weights ${classWeights.map((weight) => weight.toFixed(2)).join(' ')}` : '';
  return `${sum} (${resolution})${weights}`;
}

function describeTerm({ name, weight, temperature }: LossTerm): string {
  const words = temperature === undefined ? name : `${name} at temperature ${temperature}`;
  return weight === 1 ? words : `${weight} x ${words}`;
}

function describeOptimizer(optimizer: OptimizerDefinition): string {
  return optimizer.name === 'sgd'
    ? `sgd, momentum ${optimizer.momentum}${optimizer.nesterov ? ' (Nesterov)' : ''}`
    : `${optimizer.name}, beta ${optimizer.beta1} and ${optimizer.beta2}`;
}

function decayed({ optimizer: { weightDecay }, decayNormAndBias }: StepDefinition): string {
  if (weightDecay === 0) return '';
  return `, weight decay ${weightDecay}${decayNormAndBias ? '' : ' (not on normalization and biases)'}`;
}

function describeSchedule(schedule: ScheduleDefinition): string {
  const { name, warmup } = schedule;
  const details =
    name === 'poly'
      ? ` ${schedule.power}`
      : name === 'multi-step'
        ? ` after epochs ${schedule.milestones.join(', ')}`
        : '';
  return `${name}${details}${warmup > 0 ? `, rising over ${warmup} updates` : ''}`;
}

function millions(count: number): string {
  return count < 1e5 ? String(count) : `${(count / 1e6).toFixed(2)} M`;
}
