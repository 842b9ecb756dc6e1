import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fixture, FUNCTIONS } from '../../test/support/runtime.ts';
import type { AroundChange, Change } from '../ports.ts';

interface Told extends Change {
  failed?: string;
}

/** Notes every change with what became of it. */
function recorder() {
  const told: Told[] = [];
  const aroundChange: AroundChange = async (change, work) => {
    const entry: Told = { ...change };
    told.push(entry);
    try {
      return await work((subject) => {
        entry.subject = subject;
      });
    } catch (error) {
      entry.failed = (error as Error).name;
      throw error;
    }
  };
  return { told, aroundChange };
}

test('the host sees every change of a function, and neither reads nor invocations', async () => {
  const { told, aroundChange } = recorder();
  const twin = await new Fixture().open({ aroundChange });
  await twin.make('changed', 'exports.handler = async () => 1;');
  await twin.call('GET', `${FUNCTIONS}/changed`);
  await twin.invoke('changed');
  await twin.call('POST', `${FUNCTIONS}/changed/versions`, {});
  await twin.call('POST', `${FUNCTIONS}/changed/aliases`, { Name: 'live', FunctionVersion: '9' });
  await twin.call('DELETE', `${FUNCTIONS}/changed`);
  await twin.runtime.close();
  const service = 'lambda';
  assert.deepEqual(told, [
    { service, operation: 'CreateFunction', subject: 'changed' },
    { service, operation: 'PublishVersion', subject: 'changed' },
    { service, operation: 'CreateAlias', subject: 'changed', failed: 'ResourceNotFoundException' },
    { service, operation: 'DeleteFunction', subject: 'changed' },
  ]);
});

test('a host that cannot record a change prevents it, and the client retries', async () => {
  const away = Object.assign(new Error('the state engine is down'), { status: 503 });
  const twin = await new Fixture().open();
  await twin.make('kept', 'exports.handler = async () => 1;');
  await twin.runtime.close();
  const refusing = await new Fixture(twin.directory).open({ aroundChange: () => Promise.reject(away) });
  const answer = await refusing.call('DELETE', `${FUNCTIONS}/kept`);
  assert.deepEqual([answer.status, answer.headers['x-amzn-errortype']], [500, 'ServiceException']);
  assert.equal((await refusing.call('GET', `${FUNCTIONS}/kept`)).status, 200);
  await refusing.runtime.close();
});
