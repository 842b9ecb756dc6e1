import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openTwin, type Twin } from '../support/twin.ts';
import { Application, filesBelow, fixture, packageOf } from './application.ts';

let twin: Twin;
before(async () => {
  twin = await openTwin();
});
after(() => twin.close());

for (const [client, NO_CURL] of [
  ['curl where it is installed', ''],
  ["bash's own TCP", 'yes'],
] as const) {
  describe(`a custom runtime in bash, with ${client}`, () => {
    let application: Application;
    before(async () => {
      application = await Application.deploy(twin, packageOf(filesBelow(fixture('bash'))), {
        Runtime: 'provided.al2023',
        Handler: 'function.handler',
        Environment: { Variables: { NO_CURL } },
      });
    });

    test('gets events as they are, again and again, and logs for each', async () => {
      for (const event of [{ n: 1, text: 'größer' }, 'two words', [1, 2]]) {
        const { payload, error, log } = await application.invoke(event);
        assert.equal(error, undefined);
        assert.deepEqual(payload.event, event);
        assert.ok(log.includes(`got ${JSON.stringify(event)}`), log);
      }
    });

    test('runs where its code is', async () => {
      assert.equal((await application.invoke({})).payload.files, 'bootstrap function.sh');
    });

    test('reports its errors', async () => {
      const { payload, error } = await application.invoke('fail');
      assert.equal(error, 'Unhandled');
      assert.deepEqual(payload, { errorType: 'Bash.Failed', errorMessage: 'status 3' });
      assert.equal((await application.invoke({ n: 2 })).error, undefined);
    });

    test('whose handler cannot be loaded says so', async () => {
      const files = { bootstrap: filesBelow(fixture('bash')).bootstrap as Uint8Array };
      const broken = await Application.deploy(twin, packageOf(files), {
        Runtime: 'provided.al2023',
        Handler: 'none.handler',
        Environment: { Variables: { NO_CURL } },
      });
      const { payload } = await broken.invoke({});
      assert.equal(payload.errorType, 'Runtime.NoHandler');
    });
  });
}
