import { after } from 'node:test';
import { fromEnvironment, withQueues } from '../clients/aws.ts';
import { openQueuesTwin } from '../support/queues-made.ts';
import { openOwnState } from '../support/state.ts';
import { openTwin } from '../support/twin.ts';
import { badInputConformance } from '../tables/bad-input.ts';
import { judged } from '../tables/contract.ts';
import { configurationConformance } from './functions/configuration.ts';
import { computeConformance } from './functions/functions.ts';
import { layerFilesConformance } from './functions/layer-files.ts';
import { layerConformance } from './functions/layers.ts';
import { loggingConformance } from './functions/logging.ts';
import { policyConformance } from './functions/policy.ts';
import { tagConformance } from './functions/tags.ts';
import { urlConformance } from './functions/url.ts';
import { concurrencyConformance } from './invocations/concurrency.ts';
import { eventConformance } from './invocations/events.ts';
import { provisionedConformance } from './invocations/provisioned.ts';
import { sourceConformance } from './invocations/sources.ts';
import { streamConformance } from './invocations/stream.ts';

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
sourceConformance('twin', () => judged(openQueuesTwin()));
if (process.env.UPSTACK_TEST_COMPUTE_URL) {
  for (const suite of suites) suite('AWS', fromEnvironment);
  sourceConformance('AWS', withQueues);
}
