import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { pythonPath } from '../../../src/catalog/runtimes.ts';
import { fromEnvironment } from '../../clients/aws.ts';
import { BASH, OUR_NODE, OUR_PYTHON, officialNode, proxied } from '../../clients/clients.ts';
import { officialClient } from '../../clients/ric.ts';
import { openTwin } from '../../support/twin.ts';
import { judged } from '../../tables/contract.ts';
import { runtimeConformance } from './runtimes.ts';

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
