/** What an experiment is judged by: its goal and its guardrails. */
import type { Field, Fields } from '../../lib/yaml-file.ts';
import { METRIC_KINDS, metricKind } from '../../metrics/kinds.ts';
import type { Metric, MetricKind } from '../../metrics/metric.ts';
import { SCALES } from '../../metrics/scale.ts';
import { problem } from '../problems.ts';
import type { Goal, Guardrail } from './experiment.ts';

const MAX_NAME_LENGTH = 200;
const MAX_GUARDRAILS = 8;

const unknownName = (detail: string) => problem('unknown-metric', detail);

export function readGoal(field: Field): Goal {
  const { metric, rest } = readMetric(field, ['margin']);
  const kind = metricKind(metric);
  const margin = SCALES[kind.scale].readMargin(rest.need('margin', '20%'), kind.direction(metric));
  return { metric, margin };
}

export function readGuardrails(field: Field | undefined): Guardrail[] {
  const fields = field && !field.isEmpty() ? field.list() : [];
  if (fields.length > MAX_GUARDRAILS)
    field?.fail(`has ${fields.length} guardrails: at most ${MAX_GUARDRAILS} are allowed`);
  const labels = new Set<string>();
  return fields.map((each) => {
    const { metric, rest } = readMetric(each, ['critical']);
    const label = metricKind(metric).label(metric);
    if (labels.has(label)) each.fail(`${label} is a guardrail already: remove one of the two`);
    labels.add(label);
    return { metric, critical: rest.get('critical')?.truth() ?? false };
  });
}

/** A metric, and the fields of its mapping for what else stands there. */
function readMetric(field: Field, more: readonly string[]): { metric: Metric; rest: Fields } {
  const kind = kindNamed(field);
  const rest = field.fields(['metric', ...kind.fields, ...more]);
  return { metric: kind.read(rest), rest };
}

function kindNamed(field: Field): MetricKind {
  const names = METRIC_KINDS.map(({ key }) => key).join(', ');
  const named = field.peek('metric') ?? field.fail(`"metric" is missing: add metric: one of ${names}`);
  const name = named.text(MAX_NAME_LENGTH);
  return (
    METRIC_KINDS.find(({ key }) => key === name) ??
    named.fail(`unknown metric "${name}": use one of ${names}`, unknownName)
  );
}
