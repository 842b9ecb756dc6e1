/**
 * An experiment file: a Chaos Toolkit experiment (https://chaostoolkit.org/reference/api/experiment/) whose treatment,
 * slice, metrics and margin stand in the extension named `upstack`. What Chaos Toolkit knows and Upstack does not do
 * yet is refused, never ignored.
 */

import { type Field, type Fields, readYaml } from '../../lib/yaml-file.ts';
import { functionField } from '../../metrics/function-field.ts';
import { metricKind } from '../../metrics/kinds.ts';
import { exampleTreatment, readTreatment } from '../../treatments/kinds.ts';
import type { Slice } from '../../treatments/treatment.ts';
import { problem } from '../problems.ts';
import type { Experiment } from './experiment.ts';
import { readGoal, readGuardrails } from './measures.ts';

const invalidFile = (detail: string) => problem('invalid-file', detail);
const notSupported = (detail: string) => problem('not-supported', detail);

const FILE_KEYS = [
  'version',
  'title',
  'description',
  'tags',
  'steady-state-hypothesis',
  'method',
  'rollbacks',
  'extensions',
];
/** Known to Chaos Toolkit; may stand in the file as long as nothing is in it. */
const FOREIGN_KEYS = ['configuration', 'secrets', 'contributions', 'controls', 'runtime', 'dry'];
const EXTENSION_KEYS = [
  'name',
  'experiment',
  'target',
  'treatment',
  'slice',
  'goal',
  'guardrails',
  'maxDuration',
  'alpha',
];

const SLUG = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/;
const MAX_TITLE_LENGTH = 200;
const MAX_TEXT_LENGTH = 2_000;
const MIN_SHARE = 0.001;
const MAX_SHARE = 0.99;
const MAX_ALPHA = 0.2;
const MIN_ALPHA = 0.0001;
const DEFAULT_ALPHA = 0.05;
const MIN_RUN_MS = 5_000;
const MAX_RUN_MS = 24 * 3_600_000;

/**
 * The experiment in a file. Throws a Problem (400) of one line: `line:column path: what is wrong, what to do`;
 * `experiments.unknown-metric` for a metric that is not in the catalogue, `experiments.not-supported` for what only
 * Chaos Toolkit does, `experiments.invalid-file` for anything else.
 */
export function parseExperiment(source: string): Experiment {
  const file = readYaml(source, invalidFile).fields([...FILE_KEYS, ...FOREIGN_KEYS]);
  const title = file.need('title', 'what is tried, in one line').text(MAX_TITLE_LENGTH);
  refuseForeign(file);
  const extension = upstackExtension(file);
  const goal = readGoal(
    extension.need('goal', '{metric: conversion, event: "Order Completed", within: 20s, margin: 20%}'),
  );
  const experiment: Experiment = {
    name: extension
      .need('experiment', 'a-short-name')
      .matching(SLUG, 'a short name of lower-case letters, digits and -, at most 64 characters'),
    title,
    hypothesis: hypothesisOf(file),
    description: file.get('description')?.text(MAX_TEXT_LENGTH) ?? '',
    tags:
      file
        .get('tags')
        ?.list()
        .map((tag) => tag.text(MAX_TITLE_LENGTH)) ?? [],
    function: functionField(
      extension.need('target', '{function: name}').fields(['function']).need('function', 'name'),
    ),
    treatment: readTreatment(extension.need('treatment', `{${exampleTreatment()}}`)),
    slice: sliceOf(extension.need('slice', '{unit: session, share: 50%}')),
    goal,
    guardrails: readGuardrails(extension.get('guardrails')),
    maxDurationMs: extension.need('maxDuration', '3m').durationMs(MIN_RUN_MS, MAX_RUN_MS, 'from 5s to 24h'),
    alpha: alphaOf(extension.get('alpha')),
  };
  refuseLongWindow(experiment, extension);
  return experiment;
}

function hypothesisOf(file: Fields): string {
  const hypothesis = file
    .need('steady-state-hypothesis', '{title: what stays true, probes: []}')
    .fields(['title', 'probes', 'controls']);
  for (const key of ['probes', 'controls']) refuseContent(hypothesis.get(key));
  return hypothesis.need('title', 'what stays true while the treatment is on').text(MAX_TEXT_LENGTH);
}

function refuseForeign(file: Fields): void {
  const method = file.need('method', '[]');
  for (const field of [method, ...['rollbacks', ...FOREIGN_KEYS].map((key) => file.get(key))])
    refuseContent(field);
}

function refuseContent(field: Field | undefined): void {
  if (field && !field.isEmpty()) {
    field.fail(
      'not supported yet: leave it empty and say what is done under extensions, treatment',
      notSupported,
    );
  }
}

function upstackExtension(file: Fields): Fields {
  const extensions = file.need('extensions', '[{name: upstack, …}]');
  const ours = extensions.list().filter((extension) => nameOf(extension) === 'upstack');
  const [extension, another] = ours;
  if (!extension)
    return extensions.fail(
      'there is no extension with name: upstack: add one with target, treatment, slice and goal',
    );
  if (another) another.fail('there is more than one extension with name: upstack: keep one');
  return extension.fields(EXTENSION_KEYS);
}

/** The name of an extension; those of other tools may hold anything and are theirs. */
function nameOf(extension: Field): unknown {
  return extension.peek('name')?.scalar();
}

function sliceOf(field: Field): Slice {
  const slice = field.fields(['unit', 'share']);
  const shareField = slice.need('share', '50%');
  const share = shareField.fraction('50%');
  if (share > 1) shareField.fail("is over 100 %: give the treatment's part of all units, for example 50%");
  if (share < MIN_SHARE || share > MAX_SHARE) {
    shareField.fail('must be from 0.1% to 99%: both arms need units');
  }
  return { unit: slice.need('unit', 'session').oneOf(['person', 'session', 'request']), share };
}

function alphaOf(field: Field | undefined): number {
  if (!field) return DEFAULT_ALPHA;
  const alpha = field.fraction('0.05');
  if (alpha < MIN_ALPHA || alpha > MAX_ALPHA) field.fail('must be from 0.0001 to 0.2, for example 0.05');
  return alpha;
}

function refuseLongWindow({ goal: { metric }, maxDurationMs }: Experiment, extension: Fields): void {
  const windowMs = metricKind(metric).windowMs(metric) ?? 0;
  if (windowMs >= maxDurationMs) {
    const within = extension.get('goal')?.peek('within');
    within?.fail('is not shorter than maxDuration, so no unit would ever be judged: shorten it');
  }
}
