/** Opens tokens, authentication and the audit log. */
import { join } from 'node:path';
import type { AroundChange } from '../../../lambda/src/lambda.ts';
import { auditedPerform } from '../../access/audit/audited.ts';
import type { AuditSources } from '../../access/audit/operations.ts';
import { Recorder } from '../../access/audit/recorder.ts';
import { AuditLog } from '../../access/audit/store.ts';
import { ownerIdentity, ownerSource } from '../../access/owner.ts';
import type { Perform } from '../../access/perform.ts';
import type { TokenSources } from '../../access/tokens/operations.ts';
import { TokenIdentities } from '../../access/tokens/source.ts';
import { TokenStore } from '../../access/tokens/store.ts';
import { Authentication } from '../../doors/http/authentication.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Lifecycle } from '../../lib/process/lifecycle.ts';
import type { Engines } from './engines.ts';
import type { Foundation } from './foundation.ts';

export interface Access {
  authentication: Authentication;
  /** Performs operations and records them in the audit log. */
  perform: Perform;
  /** Calls the listener for every revoked token until the returned function is called. */
  onRevoked(listener: (tokenId: string) => void): () => void;
  /** Records changes through AWS's APIs. Whoever signs them has the owner's key pair. */
  aroundChange: AroundChange;
  tokens: TokenSources;
  audit: AuditSources;
}

export function openAccess(
  { config, keys, origins }: Foundation,
  { state }: Engines,
  opened: Lifecycle,
): Access {
  const store = new TokenStore(state);
  const identities = new TokenIdentities(store, systemClock);
  const sources = [ownerSource(keys.token), identities];
  const log = new AuditLog(state, join(config.directory, 'audit-head.json'));
  const recorder = opened.add('audit recorder', new Recorder(log, systemClock), (it) => it.close());
  return {
    authentication: new Authentication({ keys, sources, clock: systemClock, origins }),
    perform: auditedPerform(recorder),
    onRevoked: (listener) => identities.onRevoked(listener),
    aroundChange({ service, operation, subject }, work) {
      const caller = { ...ownerIdentity, kind: 'access-key', door: service } as const;
      return recorder.recorded({ caller, operation, subject }, (note) =>
        work((name) => note({ subject: name })),
      );
    },
    tokens: { store, revoked: (tokenId) => identities.revoked(tokenId) },
    audit: { state, log },
  };
}
