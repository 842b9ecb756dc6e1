/** The compute engine: AWS Lambda, or the twin in this process. Either is reached through the Lambda API. */
import { join } from 'node:path';
import { type Lambda, open as openLambda } from '../../../lambda/src/lambda.ts';
import { hostAllowed } from '../../access/origin.ts';
import { openCompute as openClient } from '../../engines/compute/aws.ts';
import type { ComputeEngine } from '../../engines/compute/engine.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Lifecycle } from '../../lib/process/lifecycle.ts';
import type { Signals } from '../../signals/store.ts';
import type { Access } from './access.ts';
import type { Engines } from './engines.ts';
import type { Foundation } from './foundation.ts';
import { UNITS } from './units.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
/** Execution environments of one function version at most: about 45 MB each. */
const CONCURRENCY_PER_VERSION = 40;

export interface Compute {
  compute: ComputeEngine;
  /** Undefined where functions run on AWS. */
  twin: Lambda | undefined;
}

interface ComputeSources {
  engines: Engines;
  signals: Signals;
  access: Pick<Access, 'aroundChange'>;
}

export async function openCompute(
  foundation: Foundation,
  sources: ComputeSources,
  opened: Lifecycle,
): Promise<Compute> {
  const { config, keys, door } = foundation;
  if (config.compute.kind === 'aws') {
    const { region, role } = config.compute;
    const compute = openClient({ region, ...(role !== undefined && { role }) });
    return { compute: opened.add('compute', compute, (it) => it.close()), twin: undefined };
  }
  const twin = await openTwin(foundation, sources, opened);
  const { accessKeyId, secretAccessKey } = keys;
  const compute = openClient({
    endpoint: door.url,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey },
  });
  return { compute: opened.add('compute', compute, (it) => it.close()), twin };
}

/** What functions write and what the twin reports of invocations goes into the signals. */
async function openTwin(
  { config, keys, origins, door, log }: Foundation,
  { engines, signals, access }: ComputeSources,
  opened: Lifecycle,
): Promise<Lambda> {
  const twin = await openLambda({
    directory: join(config.directory, 'compute'),
    region: REGION,
    accountId: ACCOUNT,
    credentials: { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey },
    isOwnHost: (host) => hostAllowed(host, origins),
    concurrencyPerVersion: CONCURRENCY_PER_VERSION,
    isolation: config.isolation,
    functionUrl: (id) => `http://${id}.lambda-url.localhost:${door.port}/`,
    onInvocation: (report) => signals.invocation(report),
    onLog: (line) => signals.functionLine(line),
    units: UNITS,
    aroundChange: access.aroundChange,
    clock: systemClock,
    log,
    state: engines.state,
  });
  log.info({ isolation: twin.isolation }, 'functions');
  return opened.add('compute twin', twin, (it) => it.close());
}
