import {
  type Icon,
  IconActivity,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconHandStop,
  IconScale,
} from '@tabler/icons-react';
import type { RunSummary } from '../../../../src/experiments/schema.ts';
import { Badge, type Tone } from '../badge.tsx';

export interface Outcome {
  label: string;
  tone: Tone;
  icon: Icon;
  /** One or two sentences for people. */
  meaning: string;
}

const OUTCOMES = {
  running: {
    label: 'Running',
    tone: 'live',
    icon: IconActivity,
    meaning: 'Collecting evidence. The run ends as soon as it reaches a verdict.',
  },
  supported: {
    label: 'Supported',
    tone: 'good',
    icon: IconCircleCheck,
    meaning: 'The hypothesis held: the evidence shows that the treatment is within the margin.',
  },
  refuted: {
    label: 'Refuted',
    tone: 'bad',
    icon: IconCircleX,
    meaning: 'The hypothesis failed: the evidence shows that the treatment is beyond the margin.',
  },
  undecided: {
    label: 'Undecided',
    tone: 'warn',
    icon: IconScale,
    meaning: 'Time ran out before the evidence was conclusive.',
  },
  invalid: {
    label: 'Invalid',
    tone: 'warn',
    icon: IconAlertTriangle,
    meaning: 'The two arms cannot be compared, so the run says nothing about the hypothesis.',
  },
  aborted: {
    label: 'Aborted',
    tone: 'bad',
    icon: IconHandStop,
    meaning: 'The treatment was withdrawn immediately and the run ended.',
  },
} as const satisfies Record<string, Outcome>;

/** The outcome of a run: running, else invalid, else aborted, else its verdict. */
export function outcomeOf(run: Pick<RunSummary, 'status' | 'verdict' | 'decision'>): Outcome {
  if (run.status === 'running') return OUTCOMES.running;
  if (run.verdict === 'invalid') return OUTCOMES.invalid;
  if (run.decision === 'abort') return OUTCOMES.aborted;
  return OUTCOMES[run.verdict ?? 'undecided'];
}

export function OutcomeBadge({ run }: { run: Pick<RunSummary, 'status' | 'verdict' | 'decision'> }) {
  const { label, tone, icon } = outcomeOf(run);
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}
