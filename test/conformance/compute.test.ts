import { after } from 'node:test';
import { computeConformance } from './compute.ts';
import { fromEnvironment, withQueues } from './compute-aws.ts';
import { badInputConformance } from './compute-bad-input.ts';
import { concurrencyConformance } from './compute-concurrency.ts';
import { configurationConformance } from './compute-configuration.ts';
import { judged } from './compute-contract.ts';
import { eventConformance } from './compute-events.ts';
import { layerFilesConformance } from './compute-layer-files.ts';
import { layerConformance } from './compute-layers.ts';
import { loggingConformance } from './compute-logging.ts';
import { policyConformance } from './compute-policy.ts';
import { provisionedConformance } from './compute-provisioned.ts';
import { sourceConformance } from './compute-sources.ts';
import { openOwnState } from './compute-state.ts';
import { streamConformance } from './compute-stream.ts';
import { tagConformance } from './compute-tags.ts';
import { openTwin } from './compute-twin.ts';
import { unitConformance } from './compute-units.ts';
import { urlConformance } from './compute-url.ts';
import { openQueuesTwin } from './queues-support.ts';

const suites = [
  computeConformance,
  configurationConformance,
  policyConformance,
  tagConformance,
  urlConformance,
  concurrencyConformance,
  provisionedConformance,
  streamConformance,
  loggingConformance,
  eventConformance,
  layerConformance,
  layerFilesConformance,
  badInputConformance,
];
const state = await openOwnState();
after(() => state.close());
for (const suite of suites) suite('twin', () => judged(openTwin({ state })));
computeConformance('twin without sandboxes', () => judged(openTwin({ state, isolation: 'off' })));
unitConformance('twin', () => judged(openTwin({ state })));
sourceConformance('twin', () => judged(openQueuesTwin()));
if (process.env.UPSTACK_TEST_COMPUTE_URL) {
  for (const suite of suites) suite('AWS', fromEnvironment);
  sourceConformance('AWS', withQueues);
}
