import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { pythonPath } from '../../src/engines/compute/embedded/catalog/runtimes.ts';
import { fromEnvironment } from './compute-aws.ts';
import { BASH, OUR_NODE, OUR_PYTHON, officialNode, proxied } from './compute-clients.ts';
import { judged } from './compute-contract.ts';
import { officialClient } from './compute-ric.ts';
import { runtimeConformance } from './compute-runtimes.ts';
import { openTwin } from './compute-twin.ts';

const twin = () => judged(openTwin());
const clients = [OUR_NODE, proxied(OUR_NODE)];
if (pythonPath()) clients.push(OUR_PYTHON, proxied(OUR_PYTHON));
else test('our Python client', { skip: 'no python3' });
if (existsSync('/bin/bash')) clients.push(BASH);
else test('a client in bash', { skip: 'no bash' });

for (const client of clients) {
  runtimeConformance('twin', client, twin);
  if (process.env.UPSTACK_TEST_COMPUTE_URL) runtimeConformance('AWS', client, fromEnvironment);
}

const official = await officialClient();
// Its program is on this machine, not in the function's package: a sandbox would hide it.
const plain = () => judged(openTwin({ isolation: 'off' }));
if ('program' in official) runtimeConformance('twin', officialNode(official.program), plain);
else describe('runtime client aws-lambda-ric', () => test('every behaviour', { skip: official.missing }));
