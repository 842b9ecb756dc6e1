/** A real Chromium: the one that an npm package carries, or the one that CHROMIUM_PATH names. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import bundled, { inflate } from '@sparticuz/chromium';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Screenshots are kept here as artefacts of a test run; git does not. */
const ARTEFACTS = resolve(import.meta.dirname, '../../.artefacts');
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export async function openBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', ...QUIET];
  const own = process.env.CHROMIUM_PATH;
  if (own !== undefined) return chromium.launch({ executablePath: own, args });
  return chromium.launch({
    executablePath: await bundled.executablePath(),
    args,
    env: { ...process.env, LD_LIBRARY_PATH: await libraries() },
  });
}

/** The libraries that this Chromium needs and a bare machine lacks (NSS, expat) come with it. */
async function libraries(): Promise<string> {
  const packed = fileURLToPath(new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium')));
  const own = join(await inflate(packed), 'lib');
  return [own, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });
}

/** What axe-core finds seriously wrong with the page's accessibility, one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

interface Violation {
  id: string;
  impact: string;
  nodes: { target: string[] }[];
}

/** Whether the page is wider than its window, when it has had a second to lay itself out: a full screenshot resizes it. */
export async function scrollsSideways(page: Page): Promise<boolean> {
  const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1;
  return await page.waitForFunction(fits, undefined, { timeout: 1_000 }).then(
    () => false,
    () => true,
  );
}
