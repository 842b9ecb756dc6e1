import { computeConformance } from './compute.ts';
import { fromEnvironment } from './compute-aws.ts';
import { concurrencyConformance } from './compute-concurrency.ts';
import { configurationConformance } from './compute-configuration.ts';
import { judged } from './compute-contract.ts';
import { policyConformance } from './compute-policy.ts';
import { provisionedConformance } from './compute-provisioned.ts';
import { streamConformance } from './compute-stream.ts';
import { tagConformance } from './compute-tags.ts';
import { openTwin } from './compute-twin.ts';
import { urlConformance } from './compute-url.ts';

const suites = [
  computeConformance,
  configurationConformance,
  policyConformance,
  tagConformance,
  urlConformance,
  concurrencyConformance,
  provisionedConformance,
  streamConformance,
];
for (const suite of suites) suite('twin', () => judged(openTwin()));
computeConformance('twin without sandboxes', () => judged(openTwin({ isolation: 'off' })));
if (process.env.UPSTACK_TEST_COMPUTE_URL) for (const suite of suites) suite('AWS', fromEnvironment);
