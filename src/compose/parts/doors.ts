/** Opens every door on the one port. */
import { join } from 'node:path';
import type { Lambda } from '../../../lambda/src/lambda.ts';
import { openApi } from '../../doors/http/api/openapi.ts';
import { restRoutes } from '../../doors/http/api/rest.ts';
import type { Credentials } from '../../doors/http/authentication.ts';
import { healthRoutes } from '../../doors/http/health.ts';
import { Live } from '../../doors/http/live/live.ts';
import { streamRoute } from '../../doors/http/live/stream.ts';
import { sessionRoutes } from '../../doors/http/sessions.ts';
import { dashboard } from '../../doors/http/static.ts';
import { leasesDoor } from '../../doors/leases/door.ts';
import { mcpDoor } from '../../doors/mcp/door.ts';
import { allOperations, type OperationSources } from '../../doors/operations.ts';
import { otlpDoor } from '../../doors/otlp/door.ts';
import { segmentDoor } from '../../doors/segment/door.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Lifecycle } from '../../lib/process/lifecycle.ts';
import { readOverview } from '../../operate/overview/operations.ts';
import type { Signals } from '../../signals/store.ts';
import type { Access } from './access.ts';
import type { Experiments } from './experiments.ts';
import type { Foundation } from './foundation.ts';

const DASHBOARD = join(import.meta.dirname, '../../../web/dist');

export interface DoorParts extends Omit<OperationSources, 'tokens' | 'audit'> {
  access: Access;
  experiments: Experiments;
  signals: Signals;
  /** Serves the Lambda API, function URLs and the SQS API; undefined where functions run on AWS. */
  twin: Lambda | undefined;
  /** Whether the control room has done what it does at its start. */
  isStarted(): boolean;
}

export async function openDoors(
  { door, keys, instanceId, version, log }: Foundation,
  parts: DoorParts,
  opened: Lifecycle,
): Promise<void> {
  const { access, experiments, overview, signals, twin, isStarted } = parts;
  const { authentication, perform, onRevoked } = access;
  const operations = allOperations({ ...parts, ...access });
  const live = new Live({ runs: experiments.worker, overview: () => readOverview(overview) });
  opened.add('live stream', live, (it) => it.close());
  const authenticate = (request: Credentials) => authentication.caller(request);
  const authenticateAgent = (request: Credentials) => authentication.caller(request, 'mcp');
  const authorize = (key: string) => authentication.isWriteKey(key);
  // No write key is bound to an environment yet.
  const admit = (key: string) => (authorize(key) ? {} : undefined);
  await door.serve(twin, (app) => {
    healthRoutes(app, instanceId, { started: isStarted, engines: overview.health });
    sessionRoutes(app, authentication, keys.sessionKey, systemClock);
    restRoutes(app, { operations, perform, authenticate });
    const endStreams = streamRoute(app, { source: live, authenticate, onRevoked });
    opened.add('streams', endStreams, (end) => end());
    const endAgents = mcpDoor(app, { operations, perform, authenticate: authenticateAgent, version, log });
    opened.add('agents', endAgents, (end) => end());
    app.get('/openapi.json', async () => openApi(operations, version));
    leasesDoor(app, { current: (name) => experiments.leases.current(name), authorize });
    otlpDoor(app, { signals, admit });
    segmentDoor(app, { signals, admit });
    dashboard(app, DASHBOARD);
  });
}
