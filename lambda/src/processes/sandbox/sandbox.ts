import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonPath } from '../../catalog/runtimes.ts';
import { MIN_STORAGE_MB } from '../../limits.ts';
import { executable } from '../executable.ts';
import { RUNTIMES_DIRECTORY } from '../launch.ts';
import {
  ACCOUNTS,
  type Contents,
  type Host,
  hostsFile,
  inSandbox,
  NODE,
  type Program,
  placesOfPython,
  RUNTIME_DIRECTORY,
  type SystemPath,
  within,
} from './isolation.ts';

/** Makes sandboxes for programs. */
export interface Sandbox {
  around(
    contents: Contents,
    program: Program,
    variables: Record<string, string>,
  ): Program & { variables: Record<string, string> };
}

/** Why functions run without a sandbox: `reason` is one line for people. */
export interface NoSandbox {
  reason: string;
}

/** Whatever the system is made of; what is not there is left out. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/nix/store',
  '/run/current-system',
];
/** Names, certificates and libraries; no keys and no passwords. */
const ETC = [
  'alternatives',
  'ca-certificates',
  'crypto-policies',
  'gai.conf',
  'host.conf',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'pki/ca-trust',
  'pki/tls/cert.pem',
  'pki/tls/certs',
  'protocols',
  'resolv.conf',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
  'static',
  'timezone',
].map((name) => `/etc/${name}`);

const PROBE_TIMEOUT_MS = 10_000;

/**
 * Looks for bubblewrap and tries it once, with everything that a function's sandbox has. `directory` gets the files that
 * all sandboxes share. Never rejects: where it does not work it says why.
 */
export async function openSandbox(directory: string): Promise<Sandbox | NoSandbox> {
  if (process.platform !== 'linux') return { reason: 'bubblewrap is for Linux only' };
  const bwrap = executable('bwrap');
  if (!bwrap) return { reason: 'there is no bwrap in the PATH; install the package bubblewrap' };
  const asRoot = process.getuid?.() === 0;
  const setpriv = asRoot ? executable('setpriv') : undefined;
  if (asRoot && !setpriv) return { reason: 'there is no setpriv in the PATH, which root needs' };
  const node = realpathSync(process.execPath);
  const common = { bwrap, setpriv, node, runtimeDirectory: RUNTIMES_DIRECTORY };
  try {
    const etc = await writeEtc(join(directory, 'etc'));
    const host: Host = { ...common, etc, system: systemPaths(directory) };
    await probe(host, directory);
    return { around: (contents, program, variables) => inSandbox(host, contents, program, variables) };
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    return { reason: `bubblewrap does not work here: ${(stderr.trim() || message).split('\n')[0]}` };
  }
}

/** Fails also where the files of the control room are hidden from the user that a sandbox runs as. */
async function probe(host: Host, directory: string): Promise<void> {
  const contents = { task: join(directory, 'etc'), layers: undefined, storageMb: MIN_STORAGE_MB };
  const test = `cat /etc/hosts hosts ${RUNTIME_DIRECTORY}/node.mjs >/dev/null && exec ${NODE} --version`;
  const program = { command: '/bin/sh', arguments: ['-c', test] };
  const { command, arguments: args, variables } = inSandbox(host, contents, program, {});
  await promisify(execFile)(command, args, { env: variables, cwd: '/', timeout: PROBE_TIMEOUT_MS });
}

async function writeEtc(directory: string): Promise<[string, string][]> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const hosts = hostsFile(await readFile('/etc/hosts', 'utf8').catch(() => ''));
  const files = Object.entries({ hosts, ...ACCOUNTS });
  return await Promise.all(
    files.map(async ([name, text]): Promise<[string, string]> => {
      const file = join(directory, name);
      await writeFile(file, text, { mode: 0o644 });
      return [name, file];
    }),
  );
}

function systemPaths(directory: string): SystemPath[] {
  const paths = [...SYSTEM, ...ETC, ...pythonPaths(directory)].filter((path) => existsSync(path));
  return paths.map((path) => {
    const isLink = !path.startsWith('/etc/') && lstatSync(path).isSymbolicLink();
    return isLink ? { path, linkTo: readlinkSync(path) } : { path };
  });
}

/** Never the home directory, nor what holds the control room's own files, `directory`. */
function pythonPaths(directory: string): string[] {
  const python = pythonPath();
  if (python === undefined) return [];
  const hidden = [homedir(), directory].filter((path) => existsSync(path));
  const everywhere = [...hidden, ...hidden.map((path) => realpathSync(path))];
  const places = placesOfPython(python, realpathSync(python), everywhere);
  return places.filter((path) => !SYSTEM.some((root) => within(path, root)));
}
