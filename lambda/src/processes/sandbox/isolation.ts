import { dirname } from 'node:path';

export interface Program {
  command: string;
  arguments: string[];
}

/** Where a sandbox has the function's code, its layers, our runtime clients and Node: where Lambda has them. */
export const TASK_ROOT = '/var/task';
export const LAYERS_ROOT = '/opt';
export const RUNTIME_DIRECTORY = '/var/runtime';
export const NODE = '/var/lang/bin/node';

/** What of this machine each sandbox is made of. */
export interface Host {
  bwrap: string;
  /** Gives up root, where the control room has it: the programs of a sandbox run as Lambda's user. */
  setpriv: string | undefined;
  /** Directories and links that every program needs, such as `/usr`. */
  system: readonly SystemPath[];
  /** Files of the sandboxes' own for `/etc`: what they are called there, and where they are here. */
  etc: readonly [name: string, file: string][];
  node: string;
  /** Our runtime clients. */
  runtimeDirectory: string;
}

/** A path that is shown read-only, or a symbolic link that is made anew. */
export interface SystemPath {
  path: string;
  linkTo?: string;
}

/** What one sandbox has that others have not. */
export interface Contents {
  /** Directory of this machine that is `/var/task`. */
  task: string;
  /** The same for `/opt`; undefined leaves it empty. */
  layers: string | undefined;
  /** Size of `/tmp`, MB. */
  storageMb: number;
}

/** Lambda's user and group. */
const USER = 993;
const GROUP = 990;
const AS_USER = [`--reuid=${USER}`, `--regid=${GROUP}`, '--clear-groups', '--inh-caps=-all'];
/** Variables that the programs which make a sandbox must not heed: they run with more rights than the function. */
const READ_BY_LOADER = /^(LD_|GLIBC_|MALLOC_|GCONV_PATH$)/;
const MB = 1_048_576;

/** What `/etc/passwd` and `/etc/group` say in a sandbox. */
export const ACCOUNTS = {
  passwd: `root:x:0:0:root:/root:/sbin/nologin\nsbx_user1051:x:${USER}:${GROUP}::/home/sbx_user1051:/sbin/nologin\n`,
  group: `root:x:0:\nsbx_user1051:x:${GROUP}:\n`,
};

/** This machine's names of hosts, and Lambda's. */
export function hostsFile(own: string): string {
  const end = own === '' || own.endsWith('\n') ? '' : '\n';
  return `${own}${end}127.0.0.1 sandbox.localdomain sandbox\n`;
}

/**
 * How to run a program in a sandbox: it sees the system and the function's files read-only and nothing else of this
 * machine's files, writes to a `/tmp` of its own, sees no process but its own, and shares the network. It is killed when
 * who started it dies.
 * Source: https://github.com/containers/bubblewrap/blob/main/bwrap.xml
 */
export function inSandbox(
  host: Host,
  contents: Contents,
  program: Program,
  variables: Record<string, string>,
): Program & { variables: Record<string, string> } {
  const early = Object.entries(variables).filter(([name]) => READ_BY_LOADER.test(name));
  const assignments = early.map(([name, value]) => `${name}=${value}`);
  const mounts = mountsOf(host, contents);
  return {
    command: host.bwrap,
    arguments: [
      ...namespaces(host),
      ...[...ancestors(mounts.map(({ path }) => path)), LAYERS_ROOT].flatMap((path) => ['--dir', path]),
      ...mounts.flatMap(mounted),
      ...['--perms', '1777', '--size', String(contents.storageMb * MB), '--tmpfs', '/tmp'],
      ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev'],
      ...['--remount-ro', '/', '--chdir', TASK_ROOT, '--'],
      ...(host.setpriv ? [host.setpriv, ...AS_USER, '--'] : []),
      ...(assignments.length > 0 ? ['/usr/bin/env', ...assignments] : []),
      program.command,
      ...program.arguments,
    ],
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => !READ_BY_LOADER.test(name))),
  };
}

/** Root gives up its rights inside; anybody else needs a user namespace to be allowed to do any of this. */
function namespaces({ setpriv }: Host): string[] {
  const user = setpriv
    ? ['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID']
    : ['--unshare-user', '--uid', String(USER), '--gid', String(GROUP)];
  return [
    ...['--die-with-parent', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--hostname', 'sandbox'],
    ...user,
  ];
}

interface Mount {
  /** Where it is in the sandbox. */
  path: string;
  /** Where it is on this machine; the same place unless given. */
  from?: string;
  linkTo?: string;
  /** It may be gone by now. */
  optional?: boolean;
}

function mountsOf(host: Host, { task, layers }: Contents): Mount[] {
  return [
    ...host.system.map((shown) => ({ ...shown, optional: true })),
    ...host.etc.map(([name, from]) => ({ path: `/etc/${name}`, from })),
    { path: NODE, from: host.node },
    { path: RUNTIME_DIRECTORY, from: host.runtimeDirectory },
    { path: TASK_ROOT, from: task },
    ...(layers === undefined ? [] : [{ path: LAYERS_ROOT, from: layers }]),
  ];
}

function mounted({ path, from = path, linkTo, optional }: Mount): string[] {
  if (linkTo !== undefined) return ['--symlink', linkTo, path];
  return [optional ? '--ro-bind-try' : '--ro-bind', from, path];
}

/**
 * What is shown of a Python that is no part of the system: where it was found, and the place that has its library. A place
 * that holds something of `hidden` is not shown, only the program itself. `real` is `python` without links.
 */
export function placesOfPython(python: string, real: string, hidden: readonly string[]): string[] {
  const shown = (place: string, program: string) =>
    place === '/' || hidden.some((path) => within(path, place)) ? program : place;
  return [...new Set([shown(dirname(python), python), shown(dirname(dirname(real)), real)])];
}

/** Whether a path is that directory, or below it. */
export function within(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** The directories above mount points, from the root down: those that bubblewrap makes by itself are open to root only. */
function ancestors(paths: string[]): string[] {
  const found = new Set<string>();
  const add = (path: string) => {
    const parent = dirname(path);
    if (parent === '/' || found.has(parent)) return;
    add(parent);
    found.add(parent);
  };
  paths.forEach(add);
  return [...found];
}

/** How bubblewrap reports a signal that ended the program: 128 and its number. Others end no program by themselves. */
const SIGNALS: Record<number, string> = {
  134: 'SIGABRT',
  135: 'SIGBUS',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

/** How a program in a sandbox ended, from how bubblewrap did. */
export function endOf(
  code: number | null,
  signal: string | null,
): { code: number | null; signal: string | null } {
  const inside = code === null ? undefined : SIGNALS[code];
  return inside === undefined ? { code, signal } : { code: null, signal: inside };
}
