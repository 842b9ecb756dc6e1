import { environment, label, least, nanos, text, uint8 } from '../column.ts';

/** Which arm of a run each unit met, and when first. A view fills it from spans; nobody inserts. */
export const exposures = {
  name: 'exposures',
  environment: 'Environment',
  columns: {
    Environment: environment,
    Run: label,
    Unit: text,
    Experiment: least(label),
    Arm: least(label),
    Stage: least(uint8),
    FirstExposure: least(nanos),
  },
} as const;
