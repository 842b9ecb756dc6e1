import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { until } from '../until.ts';
import { accessibilityFaults, openBrowser, screenshot, scrollsSideways } from './browser.ts';
import { ControlRoom, run } from './control-room.ts';

const EXPERIMENTS = resolve(import.meta.dirname, '../../examples/shop/experiments');
const VERDICT_MS = 120_000;
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let room: ControlRoom;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

before(async () => {
  [room, browser] = await Promise.all([ControlRoom.start('--demo', '--no-demo-experiments'), openBrowser()]);
  page = await browser.newPage({ viewport: SIZES.desktop });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
});
after(async () => {
  await browser.close();
  await room.stop();
});

async function start(name: string): Promise<string> {
  const source = await readFile(`${EXPERIMENTS}/${name}.yaml`, 'utf8');
  const response = await room.fetch('/api/experiments/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ source }),
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { runId: string }).runId;
}

test('a wrong token is refused with a reason, the right one logs in', async () => {
  await page.goto(room.url);
  await page.getByLabel('Token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText(/not a valid token/).waitFor();
  await screenshot(page, 'login-desktop-light');
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByLabel('Token').fill(room.env.UPSTACK_TOKEN as string);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Main' }).first().waitFor();
});

test('an experiment is watched to its verdict', async () => {
  await until('traffic', async () => {
    const { functions } = await room.call('listFunctions', {});
    return functions.some(({ name, invocations }) => name === 'shop-payments' && invocations > 100);
  });
  const runId = await start('payments-slow');
  await page.goto(`${room.url}/experiments/${runId}`);
  await page.getByTestId('outcome').waitFor();
  await screenshot(page, 'experiment-running-desktop-light');
  // No reload: the verdict must come over the live stream.
  await page
    .getByTestId('outcome')
    .getByText(/refuted/i)
    .first()
    .waitFor({ timeout: VERDICT_MS });
  assert.ok(await page.getByTestId('abort').isDisabled());
});

test('the page tells how it was computed, and its commands compute the same numbers again', async () => {
  await page.getByText('How was this computed?').click();
  const table = page.getByRole('region', { name: 'Computed values, table' });
  await table.waitFor();
  const shown = await table
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  const commands = await page.locator('section[aria-label^="Command that checks"]').allTextContents();
  assert.equal(commands.length, shown.length + 1, 'a command for each metric, and one for the sample ratio');
  for (const [i, [metric, supported, refuted, harm, needed, bounds]] of shown.entries()) {
    const again = await computed<Record<string, number> & { confidenceSequence: (number | null)[] }>(
      commands[i] as string,
    );
    const exact = (value: number | null | undefined, open: string) => value?.toFixed(6) ?? open;
    const [low, high] = again.confidenceSequence;
    assert.deepEqual(
      [supported, refuted, harm, needed, bounds],
      [
        ...[again.logESupported, again.logERefuted, again.logEHarm, again.needed].map((value) =>
          exact(value, ''),
        ),
        `${exact(low, '0')} to ${exact(high, '∞')}`,
      ],
      metric,
    );
  }
  const sampleRatio = await computed<{ logE: number }>(commands.at(-1) as string);
  await page.getByText(`ln E ${sampleRatio.logE.toFixed(6)} against the shares`).waitFor();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const scheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      const where = `experiment-computed-${size}-${scheme}`;
      await screenshot(page, where);
      assert.deepEqual(await accessibilityFaults(page), [], where);
      assert.ok(!(await scrollsSideways(page)), `${where} scrolls sideways`);
    }
  }
  await page.setViewportSize(SIZES.desktop);
  await page.emulateMedia({ colorScheme: 'light' });
});

/** What a command of the page prints, run in a shell as it stands there. */
async function computed<Result>(command: string): Promise<Result> {
  const { code, stdout, stderr } = await run('sh', ['-c', command], {
    ...process.env,
    PATH: `${resolve(import.meta.dirname, '../../node_modules/.bin')}:${process.env.PATH}`,
  });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Result;
}

test('another experiment is aborted with the button, and the journal says why', async () => {
  const runId = await start('recommendations-slow');
  await page.goto(`${room.url}/experiments/${runId}`);
  await page.getByTestId('abort').click();
  await page.getByTestId('abort-reason').fill('rehearsal of the button');
  await page.keyboard.press('Enter');
  await page
    .getByTestId('outcome')
    .getByText(/aborted/i)
    .first()
    .waitFor({ timeout: 10_000 });
  await page.getByText('rehearsal of the button').first().waitFor();
  const run = await room.call('showRun', { runId });
  assert.deepEqual([run.status, run.decision], ['ended', 'abort']);
});

test('every page is accessible and fits a desktop and a phone, in light and in dark', async () => {
  const { runs } = await room.call('listRuns', {});
  const refuted = runs.find(({ experiment }) => experiment === 'payments-slow')?.runId;
  const pages = {
    overview: '/',
    functions: '/functions',
    function: '/functions/shop-payments',
    experiments: '/experiments',
    experiment: `/experiments/${refuted}`,
    'new-experiment': '/experiments/new',
    findings: '/findings',
    people: '/people',
  };
  const faults: string[] = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`${room.url}${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForFunction(
          () => document.querySelector('[data-loading], .mantine-Skeleton-root') === null,
        );
        const where = `${name}-${size}-${scheme}`;
        await screenshot(page, where);
        if (await scrollsSideways(page)) faults.push(`${where} scrolls sideways`);
        faults.push(...(await accessibilityFaults(page)).map((fault) => `${where}: ${fault}`));
      }
    }
  }
  assert.deepEqual(faults, []);
});

test('charts bear every width that a page passes through while it is laid out anew', async () => {
  await page.goto(`${room.url}/people`);
  await page.getByRole('img', { name: /Weekly active people/ }).waitFor();
  for (const width of [120, 80, 60, 40, 20, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }
  await page.getByRole('img', { name: /Weekly active people/ }).waitFor();
});

test('the browser had nothing to complain about', () => {
  assert.deepEqual(complaints, []);
});
