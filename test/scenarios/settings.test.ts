/** The pages under Settings, in a real browser. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { AuditRow } from '../../src/access/audit/schema.ts';
import { accessibilityFaults, openBrowser, screenshot, scrollsSideways } from './browser.ts';
import { ControlRoom } from './control-room.ts';

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let room: ControlRoom;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

before(async () => {
  [room, browser] = await Promise.all([ControlRoom.start(), openBrowser()]);
  page = await browser.newPage({ viewport: SIZES.desktop });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  await page.goto(`${room.url}/#token=${room.env.UPSTACK_TOKEN}`);
});
after(async () => {
  await browser.close();
  await room.stop();
});

test('a token is created on its page, works, and shows its secret only once', async () => {
  await page.getByRole('link', { name: 'People and tokens' }).click();
  await page.getByText('No token yet').waitFor();
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByLabel('Name').fill('grace');
  await page.getByLabel('Audit').check();
  await page.getByLabel('Expires').selectOption('30d');
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole('button', { name: 'Create the token' }).click();
  const secret = (await page.getByRole('region', { name: 'The secret' }).textContent()) ?? '';
  assert.match(secret, /^ups_[\w-]{43}$/);
  assert.deepEqual(await accessibilityFaults(page), []);
  await screenshot(page, 'settings-secret-desktop-light');
  await page.getByRole('button', { name: 'I have copied it' }).click();
  const row = page.getByRole('row', { name: /grace/ });
  await row.getByText('read, audit').waitFor();
  await row.getByText('in 29 d').waitFor();
  assert.ok(!(await page.content()).includes(secret));
  const headers = { authorization: `Bearer ${secret}` };
  assert.equal((await fetch(`${room.url}/api/audit`, { headers })).status, 200);
  assert.equal((await fetch(`${room.url}/api/tokens`, { headers })).status, 403);

  const other = await browser.newPage();
  await other.goto(`${room.url}/#token=${secret}`);
  await other.getByRole('button', { name: 'Account of grace' }).click();
  await other.getByRole('menuitem', { name: 'Audit log' }).waitFor();
  assert.equal(await other.getByRole('menuitem', { name: 'People and tokens' }).count(), 0);
  assert.deepEqual(await accessibilityFaults(other), []);

  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByLabel('Reason').fill('rehearsal');
  await page.keyboard.press('Enter');
  await page.getByText('No token yet').waitFor();
  await page.getByText('All', { exact: true }).click();
  await page.getByRole('row', { name: /grace.*Revoked.*by owner/s }).waitFor();
  assert.match(page.url(), /show=all$/);
  // Her session ends with her token, and her page says so.
  await other.getByText(/its token was revoked/).waitFor();
  await other.close();
});

test('the audit log shows who did what, filters by the URL, verifies and exports', async () => {
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByRole('row', { name: /revokeToken.*grace.*Done.*rehearsal/s }).waitFor();
  await page.getByLabel('Operation').fill('createToken');
  await page.getByRole('row', { name: /revokeToken/ }).waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /owner.*dashboard.*createToken/s }).waitFor();
  await page.waitForURL(/operation=createToken/);
  await page.reload();
  assert.equal(await page.getByLabel('Operation').inputValue(), 'createToken');
  await page.getByLabel('Outcome').selectOption('failed');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.getByRole('row', { name: /revokeToken/ }).waitFor();

  await page.getByRole('button', { name: 'Verify the log' }).click();
  await page.getByTestId('verification').getByText('4 rows, all intact').waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const file = await readFile(await (await downloading).path(), 'utf8');
  const rows = file
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRow);
  assert.deepEqual(
    rows.map(({ sequence, operation, outcome }) => [sequence, operation, outcome]),
    [
      [1, 'createToken', 'attempted'],
      [2, 'createToken', 'done'],
      [3, 'revokeToken', 'attempted'],
      [4, 'revokeToken', 'done'],
    ],
  );
});

test('older calls follow page by page', async () => {
  const refused = Array.from({ length: 120 }, (_, i) =>
    room.fetch(`/api/experiments/runs/run_${i}/abort`, { method: 'POST' }),
  );
  for (const { status } of await Promise.all(refused)) assert.equal(status, 404);
  await page.goto(`${room.url}/settings/audit?operation=abortRun`);
  const rows = page.getByRole('row', { name: /abortRun/ });
  await rows.first().waitFor();
  assert.equal(await rows.count(), 100);
  await page.getByRole('button', { name: 'Show older calls' }).click();
  await page.getByRole('button', { name: 'Show older calls' }).waitFor({ state: 'detached' });
  assert.equal(await rows.count(), 120);
});

test('both pages are accessible and fit a desktop and a phone, in light and in dark', async () => {
  const faults: string[] = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      for (const [name, path] of [
        ['tokens', '/settings/tokens?show=all'],
        ['audit', '/settings/audit?operation=createToken'],
      ]) {
        await page.goto(`${room.url}${path}`);
        await page.getByRole('row', { name: /grace/ }).first().waitFor();
        const where = `settings-${name}-${size}-${scheme}`;
        await screenshot(page, where);
        if (await scrollsSideways(page)) faults.push(`${where} scrolls sideways`);
        faults.push(...(await accessibilityFaults(page)).map((fault) => `${where}: ${fault}`));
      }
    }
  }
  assert.deepEqual(faults, []);
});

test('on a phone the account leads to Settings', async () => {
  await page.setViewportSize(SIZES.phone);
  await page.goto(room.url);
  await page.getByRole('button', { name: 'Account of owner' }).click();
  await page.getByText('Logged in as owner').waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole('menuitem', { name: 'Audit log' }).click();
  await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
});

test('the browser had nothing to complain about', () => {
  assert.deepEqual(complaints, []);
});
