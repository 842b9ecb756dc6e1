/**
 * An experiment file: a Chaos Toolkit experiment (https://chaostoolkit.org/reference/api/experiment/) whose treatment,
 * slice, metrics and margin stand in the extension named `upstack`. What Chaos Toolkit knows and Upstack does not do
 * yet is refused, never ignored.
 */

import { type Field, type Fields, readYaml } from '../../lib/yaml-file.ts';
import { CATALOG, type CatalogEntry, metricNamed, unknownMetric } from '../../metrics/catalog.ts';
import { directionOf, labelOf, type Metric } from '../../metrics/definition.ts';
import { faultFrom } from '../../treatments/faults/fault.ts';
import type { Slice, Treatment } from '../../treatments/treatment.ts';
import { problem } from '../problems.ts';
import type { Experiment, Goal, Guardrail } from './experiment.ts';

const invalidFile = (detail: string) => problem('invalid-file', detail);
const notSupported = (detail: string) => problem('not-supported', detail);
const unknownName = (detail: string) => problem('unknown-metric', detail);

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
const FUNCTION_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const FUNCTION_TAKES = 'the name of a function: letters, digits, - and _, at most 64';
const LONGEST_TITLE = 200;
const LONGEST_TEXT = 2_000;
const LONGEST_EVENT = 256;
const MOST_GUARDRAILS = 8;
const SMALLEST_SHARE = 0.001;
const LARGEST_SHARE = 0.99;
const LARGEST_MARGIN = 10;
const LARGEST_ALPHA = 0.2;
const SMALLEST_ALPHA = 0.0001;
const DEFAULT_ALPHA = 0.05;
const SHORTEST_RUN_MS = 5_000;
const LONGEST_RUN_MS = 24 * 3_600_000;
const SHORTEST_WINDOW_MS = 100;

/**
 * The experiment in a file. Throws a Problem (400) of one line: `line:column path: what is wrong, what to do`;
 * `experiments.unknown-metric` for a metric that is not in the catalogue, `experiments.not-supported` for what only
 * Chaos Toolkit does, `experiments.invalid-file` for anything else.
 */
export function parseExperiment(source: string): Experiment {
  const file = readYaml(source, invalidFile).fields([...FILE_KEYS, ...FOREIGN_KEYS]);
  const title = file.need('title', 'what is tried, in one line').text(LONGEST_TITLE);
  refuseForeign(file);
  const extension = upstackExtension(file);
  const goal = goalOf(
    extension.need('goal', '{metric: conversion, event: "Order Completed", within: 20s, margin: 20%}'),
  );
  const experiment: Experiment = {
    name: extension
      .need('experiment', 'a-short-name')
      .matching(SLUG, 'a short name of lower-case letters, digits and -, at most 64 characters'),
    title,
    hypothesis: hypothesisOf(file),
    description: file.get('description')?.text(LONGEST_TEXT) ?? '',
    tags:
      file
        .get('tags')
        ?.list()
        .map((tag) => tag.text(LONGEST_TITLE)) ?? [],
    function: extension
      .need('target', '{function: name}')
      .fields(['function'])
      .need('function', 'name')
      .matching(FUNCTION_NAME, FUNCTION_TAKES),
    treatment: treatmentOf(extension.need('treatment', '{fault: {kind: latency, ms: 800}}')),
    slice: sliceOf(extension.need('slice', '{unit: session, share: 50%}')),
    goal,
    guardrails: guardrailsOf(extension.get('guardrails')),
    maxDurationMs: extension
      .need('maxDuration', '3m')
      .durationMs(SHORTEST_RUN_MS, LONGEST_RUN_MS, 'from 5s to 24h'),
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
  return hypothesis.need('title', 'what stays true while the treatment is on').text(LONGEST_TEXT);
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

function treatmentOf(field: Field): Treatment {
  const treatment = field.fields(['fault']).need('fault', '{kind: latency, ms: 800}');
  const input = treatment.fields(['kind', 'ms', 'status', 'message', 'dependency']);
  const kind = input.need('kind', 'latency').oneOf(['latency', 'error']);
  const ms = input.get('ms')?.number();
  const status = input.get('status')?.number();
  const message = input.get('message')?.text(LONGEST_TEXT);
  const dependency = input.get('dependency')?.text(LONGEST_TEXT);
  const result = faultFrom({
    kind,
    ...(ms === undefined ? {} : { ms }),
    ...(status === undefined ? {} : { status }),
    ...(message === undefined ? {} : { message }),
    ...(dependency === undefined ? {} : { dependency }),
  });
  if ('fault' in result) return { kind: 'fault', fault: result.fault };
  const { field: name, message: complaint } = result.problem;
  return (input.get(name) ?? treatment).fail(
    input.get(name) ? complaint : `"${name}" is missing: ${complaint}`,
  );
}

function sliceOf(field: Field): Slice {
  const slice = field.fields(['unit', 'share']);
  const shareField = slice.need('share', '50%');
  const share = shareField.fraction('50%');
  if (share > 1) shareField.fail("is over 100 %: give the treatment's part of all units, for example 50%");
  if (share < SMALLEST_SHARE || share > LARGEST_SHARE) {
    shareField.fail('must be from 0.1% to 99%: both arms need units');
  }
  return { unit: slice.need('unit', 'session').oneOf(['person', 'session', 'request']), share };
}

function goalOf(field: Field): Goal {
  const { metric, rest } = metricOf(field, ['margin']);
  const marginField = rest.need('margin', '20%');
  const margin = marginField.fraction('20%');
  const up = directionOf(metric) === 'up';
  if (margin <= 0 || margin > LARGEST_MARGIN || (up && margin >= 1)) {
    marginField.fail(
      `must be above 0% and ${up ? 'below 100%' : 'at most 1000%'}: how much worse is still acceptable`,
    );
  }
  return { metric, marginRatio: up ? 1 - margin : 1 + margin };
}

function guardrailsOf(field: Field | undefined): Guardrail[] {
  const fields = field && !field.isEmpty() ? field.list() : [];
  if (fields.length > MOST_GUARDRAILS)
    field?.fail(`has ${fields.length} guardrails: at most ${MOST_GUARDRAILS} are allowed`);
  const labels = new Set<string>();
  return fields.map((each) => {
    const { metric, rest } = metricOf(each, ['critical']);
    const label = labelOf(metric);
    if (labels.has(label)) each.fail(`${label} is a guardrail already: remove one of the two`);
    labels.add(label);
    return { metric, critical: rest.get('critical')?.truth() ?? false };
  });
}

/** A metric of the catalogue, and the fields of its mapping for what else stands there. */
function metricOf(field: Field, more: readonly string[]): { metric: Metric; rest: Fields } {
  const entry = entryOf(field);
  const rest = field.fields(['metric', ...entry.required, ...entry.optional, ...more]);
  if (entry.name === 'conversion') {
    const event = rest.need('event', '"Order Completed"').text(LONGEST_EVENT);
    const withinMs = rest
      .need('within', '20s')
      .durationMs(SHORTEST_WINDOW_MS, LONGEST_RUN_MS, 'from 100ms to 24h');
    return { metric: { name: 'conversion', event, withinMs }, rest };
  }
  const functionName = rest.get('function')?.matching(FUNCTION_NAME, FUNCTION_TAKES);
  return {
    metric: { name: 'error-rate', ...(functionName === undefined ? {} : { function: functionName }) },
    rest,
  };
}

function entryOf(field: Field): CatalogEntry {
  const names = CATALOG.map(({ name }) => name).join(', ');
  const named = field.peek('metric') ?? field.fail(`"metric" is missing: add metric: one of ${names}`);
  const name = named.text(LONGEST_TITLE);
  return metricNamed(name) ?? named.fail(unknownMetric(name), unknownName);
}

function alphaOf(field: Field | undefined): number {
  if (!field) return DEFAULT_ALPHA;
  const alpha = field.fraction('0.05');
  if (alpha < SMALLEST_ALPHA || alpha > LARGEST_ALPHA)
    field.fail('must be from 0.0001 to 0.2, for example 0.05');
  return alpha;
}

function refuseLongWindow({ goal: { metric }, maxDurationMs }: Experiment, extension: Fields): void {
  if (metric.name === 'conversion' && metric.withinMs >= maxDurationMs) {
    const within = extension.get('goal')?.peek('within');
    within?.fail('is not shorter than maxDuration, so no unit would ever be judged: shorten it');
  }
}
