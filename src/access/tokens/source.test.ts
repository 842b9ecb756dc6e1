import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { StateEngine } from '../../engines/state/engine.ts';
import { openState } from '../../engines/state/open.ts';
import { problem } from '../../engines/state/problems.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { silentLog } from '../../lib/log.ts';
import { TokenIdentities } from './source.ts';
import { TokenStore } from './store.ts';

const START_MS = Date.parse('2026-11-03T10:00:00Z');
let directory: string;
let state: StateEngine;
/** Statements that the store ran, and whether the engine is away for it. */
let statements = 0;
let away = false;
let store: TokenStore;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-tokens-'));
  state = await openState({ url: 'embedded:', directory, log: silentLog });
  store = new TokenStore({
    ...state,
    run(work) {
      statements++;
      return away ? Promise.reject(problem('unavailable', 'away')) : state.run(work);
    },
  });
});
after(async () => {
  await state.close();
  await rm(directory, { recursive: true, force: true });
});

function clockAt(startMs: number) {
  let elapsedMs = 0;
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    pass(ms: number) {
      elapsedMs += ms;
    },
  };
}

const draft = (name: string, expiresMs?: number) => ({
  name,
  permissions: ['read', 'operate'] as const,
  expiresAt: expiresMs === undefined ? null : new Date(expiresMs),
  createdBy: 'owner',
});

async function made(name: string, expiresMs?: number) {
  const clock = clockAt(START_MS);
  const { token, secret } = await store.create(draft(name, expiresMs), new Date(START_MS));
  const identities = new TokenIdentities(store, clock);
  return { clock, token, secret, identities };
}

test('a secret proves who it is, and only its hash is stored', async () => {
  const { token, secret, identities } = await made('ci');
  assert.deepEqual(await identities.authenticate(secret), {
    name: 'ci',
    tokenId: token.tokenId,
    permissions: ['read', 'operate'],
  });
  assert.ok(secret.startsWith(token.hint) && token.hint.length < 12);
  assert.equal(
    await identities.authenticate(`${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`),
    undefined,
  );
  const dump = JSON.stringify(
    await state.run((database) =>
      database
        .selectFrom('tokens' as never)
        .selectAll()
        .execute(),
    ),
  );
  assert.ok(!dump.includes(secret.slice(token.hint.length)));
  assert.equal((await store.byHash(sha256(secret)))?.name, 'ci');
});

test('a credential without the form of a secret costs no statement', async () => {
  const { identities } = await made('form');
  const before = statements;
  for (const text of ['', 'wrong', 'ups_short']) assert.equal(await identities.authenticate(text), undefined);
  assert.equal(statements, before);
});

test('a token is looked up once in five seconds, also by concurrent calls', async () => {
  const { secret, identities, clock } = await made('cached');
  const before = statements;
  await Promise.all([1, 2, 3].map(() => identities.authenticate(secret)));
  await identities.authenticate(secret);
  // One look-up, one write of the last use.
  assert.equal(statements - before, 2);
  clock.pass(5_000);
  await identities.authenticate(secret);
  assert.equal(statements - before, 3);
});

test('a revoked token ends at once, also that of a session', async () => {
  const { token, secret, identities } = await made('leaver');
  const told: string[] = [];
  identities.onRevoked((tokenId) => told.push(tokenId));
  assert.ok(await identities.authenticate(secret));
  assert.ok(await identities.current(token.tokenId));
  await store.revoke('leaver', 'owner', new Date(START_MS));
  identities.revoked(token.tokenId);
  assert.equal(await identities.authenticate(secret), undefined);
  assert.equal(await identities.current(token.tokenId), undefined);
  assert.deepEqual(told, [token.tokenId]);
  await assert.rejects(store.revoke(token.tokenId, 'owner', new Date(START_MS)), {
    code: 'access.token-ended',
  });
  await assert.rejects(store.revoke('leaver', 'owner', new Date(START_MS)), { code: 'access.no-such-token' });
});

test('a look-up overtaken by a revocation leaves nothing in the cache', async () => {
  const { token, secret, identities } = await made('raced');
  const looking = identities.authenticate(secret);
  await store.revoke(token.tokenId, 'owner', new Date(START_MS));
  identities.revoked(token.tokenId);
  await looking;
  assert.equal(await identities.authenticate(secret), undefined);
});

test('a token expires on time, also in the cache', async () => {
  const { secret, identities, clock } = await made('short', START_MS + 1_000);
  clock.pass(999);
  assert.ok(await identities.authenticate(secret));
  clock.pass(1);
  assert.equal(await identities.authenticate(secret), undefined);
});

test('a token is neither accepted nor rejected while the state engine is away', async () => {
  const { token, secret, identities } = await made('waiting');
  away = true;
  await assert.rejects(identities.authenticate(secret), { code: 'state.unavailable', status: 503 });
  await assert.rejects(identities.current(token.tokenId), { code: 'state.unavailable' });
  away = false;
  assert.ok(await identities.authenticate(secret));
});

test('the last use is written at most once a minute', async () => {
  const { token, secret, identities, clock } = await made('used');
  const lastUse = async () => (await store.byId(token.tokenId))?.lastUsedAt?.getTime();
  const settled = async (ms: number) => {
    for (let i = 0; i < 200 && (await lastUse()) !== ms; i++)
      await new Promise((done) => setTimeout(done, 10));
    return lastUse();
  };
  await identities.authenticate(secret);
  assert.equal(await settled(START_MS), START_MS);
  clock.pass(59_000);
  const before = statements;
  await identities.authenticate(secret);
  assert.equal(statements - before, 1, 'a look-up, no write');
  clock.pass(1_000);
  await identities.authenticate(secret);
  assert.equal(await settled(START_MS + 60_000), START_MS + 60_000);
});

test('two tokens may have one name; then each is revoked by its id', async () => {
  const [first, second] = await Promise.all([made('twin'), made('twin')]);
  await assert.rejects(store.revoke('twin', 'owner', new Date(START_MS)), { code: 'access.ambiguous-token' });
  await store.revoke(first.token.tokenId, 'ada', new Date(START_MS));
  const revoked = await store.revoke('twin', 'ada', new Date(START_MS));
  assert.deepEqual([revoked.tokenId, revoked.revokedBy], [second.token.tokenId, 'ada']);
});
