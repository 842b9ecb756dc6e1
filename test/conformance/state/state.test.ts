import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openState } from '../../../src/engines/state/open.ts';
import { silentLog } from '../../../src/lib/log.ts';
import type { Problem } from '../../../src/lib/problem.ts';
import { noServer, OwnPostgresql } from './own-postgresql.ts';
import { stateConformance } from './state.ts';

stateConformance('the embedded twin', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-state-'));
  const engine = await openState({ url: 'embedded:', directory, log: silentLog });
  return {
    ...engine,
    async close() {
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
});

if (noServer) test("state engine: PostgreSQL of one's own", { skip: noServer }, () => undefined);
else {
  stateConformance("PostgreSQL of one's own", async () => {
    const own = await OwnPostgresql.start();
    const engine = await openState({ url: own.url, directory: '', log: silentLog });
    return {
      ...engine,
      async close() {
        await engine.close();
        await own.stop();
      },
    };
  });

  test("a PostgreSQL of one's own that refuses is named, with what to check, and no password", async (t) => {
    const own = await OwnPostgresql.start();
    t.after(() => own.stop());
    const admin = await own.connect();
    await admin.query('create database foreign_owner');
    await admin.end();
    const change = (make: (url: URL) => void) => {
      const url = new URL(own.url);
      make(url);
      return url.href;
    };
    const refusals: [string, RegExp][] = [
      [change((url) => Object.assign(url, { password: 'wrong' })), /password authentication failed/],
      [change((url) => Object.assign(url, { password: '' })), /client password must be a string/],
      [change((url) => Object.assign(url, { pathname: '/nothing' })), /database "nothing" does not exist/],
      [change((url) => Object.assign(url, { pathname: '/foreign_owner' })), /permission denied for schema/],
    ];
    for (const [url, reason] of refusals) {
      await assert.rejects(openState({ url, directory: '', log: silentLog }), (error: Problem) => {
        assert.equal(error.code, 'state.refused');
        assert.match(error.message, reason);
        assert.match(
          error.message,
          /^PostgreSQL at 127\.0\.0\.1:\d+\/\w+ denied access \(.*\): check the role/,
        );
        return true;
      });
    }
  });
}

const url = process.env.UPSTACK_TEST_STATE_URL;
if (url !== undefined && url !== '') {
  stateConformance('UPSTACK_TEST_STATE_URL', () => openState({ url, directory: '', log: silentLog }));
}
