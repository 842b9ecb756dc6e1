/** Every operation of the control room, from the tables of its modules. */

import { type AuditSources, auditOperations } from '../access/audit/operations.ts';
import { mergeOperations } from '../access/operation.ts';
import { accessOperations } from '../access/sessions/operations.ts';
import { type TokenSources, tokenOperations } from '../access/tokens/operations.ts';
import type { ComputeEngine } from '../engines/compute/engine.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import type { StateEngine } from '../engines/state/engine.ts';
import { type ExperimentSources, experimentOperations } from '../experiments/operations.ts';
import { findingOperations } from '../findings/operations.ts';
import { functionOperations } from '../operate/functions/operations.ts';
import { type OverviewSources, overviewOperations } from '../operate/overview/operations.ts';
import { productOperations } from '../product/operations.ts';

export interface OperationSources {
  compute: ComputeEngine;
  events: EventsEngine;
  state: StateEngine;
  overview: OverviewSources;
  experiments: ExperimentSources;
  tokens: TokenSources;
  audit: AuditSources;
}

export function allOperations(sources: OperationSources) {
  const { compute, events, state, overview, experiments, tokens, audit } = sources;
  return mergeOperations(
    accessOperations(),
    overviewOperations(overview),
    functionOperations(compute, events),
    experimentOperations(experiments),
    findingOperations(state),
    productOperations(events),
    tokenOperations(tokens),
    auditOperations(audit),
  );
}

/** Names, inputs and outputs of all operations: what every typed client is derived from. */
export type Api = ReturnType<typeof allOperations>;
