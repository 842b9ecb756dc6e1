/**
 * AWS's own runtime interface client for Node, as an oracle. It is compiled when it is installed (about a minute), so it is
 * no dependency: it is installed once below `.artefacts`, where there is what it needs.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const PACKAGE = 'aws-lambda-ric';
const VERSION = '4.0.2';
const TOOLS = ['cmake', 'g++', 'make', 'python3', 'npm'];
const FOLDER = resolve(import.meta.dirname, `../../../.artefacts/${PACKAGE}-${VERSION}`);
const PROGRAM = join(FOLDER, 'node_modules', PACKAGE, 'index.mjs');
/** Written after an installation that succeeded. */
const INSTALLED = join(FOLDER, 'installed');
const MAX_INSTALLATION_MS = 180_000;

/** The path of its program, or why it is not there. */
export async function officialClient(): Promise<{ program: string } | { missing: string }> {
  if (existsSync(INSTALLED)) return { program: PROGRAM };
  const absent = TOOLS.filter((tool) => !starts(tool));
  if (absent.length > 0) return { missing: `${PACKAGE} cannot be built here: no ${absent.join(', ')}` };
  try {
    await install();
    return { program: PROGRAM };
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    return { missing: `npm could not install ${PACKAGE}@${VERSION}: ${line}` };
  }
}

async function install(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const manifest = { private: true, allowScripts: { [PACKAGE]: true } };
  await writeFile(join(FOLDER, 'package.json'), JSON.stringify(manifest));
  const headers = directoryOfHeaders();
  const child = spawn('npm', ['install', '--no-save', '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(headers && { npm_config_nodedir: headers }) },
    // A group of its own: the compilers under npm must end with it.
    detached: true,
  });
  const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), MAX_INSTALLATION_MS);
  try {
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    if (code !== 0) throw new Error(errors || `it took longer than ${MAX_INSTALLATION_MS / 1_000} s`);
  } finally {
    clearTimeout(timer);
  }
  await writeFile(INSTALLED, '');
}

function starts(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Where Node's headers are already; undefined lets npm fetch them. The client uses the stable N-API: any version will do. */
function directoryOfHeaders(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => resolve(directory, '..'))
    .find((directory) => existsSync(join(directory, 'include/node/node_api.h')));
}
