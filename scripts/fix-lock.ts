/**
 * Completes package-lock.json after a change of dependencies: npm leaves out optional packages for platforms whose
 * binaries the registry it asked does not have, and `npm ci` then refuses the lock. Each gets an entry with its version
 * and platform, and is skipped everywhere else. With `--check` it only says whether something is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Entry {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const SYSTEMS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openharmony',
  'win32',
  'aix',
  'netbsd',
  'openbsd',
  'sunos',
];
const PROCESSORS = [
  'arm64',
  'x64',
  'arm',
  'armv7',
  'ia32',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'wasm32',
];

const path = join(resolve(import.meta.dirname, '..'), 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Entry> };
const missing = missingEntries(lock.packages);

if (process.argv.includes('--check')) {
  if (missing.length > 0)
    console.error(
      `package-lock.json lacks ${missing.map(([name]) => name).join(', ')}: run "node scripts/fix-lock.ts"`,
    );
  process.exitCode = missing.length > 0 ? 1 : 0;
} else {
  for (const [name, entry] of missing) lock.packages[`node_modules/${name}`] = entry;
  const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
  console.log(`${missing.length} added`);
}

function missingEntries(packages: Record<string, Entry>): [string, Entry][] {
  const there = new Set(
    Object.keys(packages).map((key) => key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)),
  );
  return Object.values(packages).flatMap((owner) =>
    Object.entries(owner.optionalDependencies ?? {})
      .filter(([name]) => !there.has(name))
      .map(([name, version]): [string, Entry] => [name, stub(name, version, owner.dev === true)]),
  );
}

function stub(name: string, version: string, dev: boolean): Entry {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : [];
  return {
    version: version.replace(/^[^\d]*/, ''),
    optional: true,
    ...(dev && { dev }),
    ...(os.length > 0 ? { os } : { os: ['none'] }),
    ...(cpu.length > 0 && { cpu }),
    ...(libc.length > 0 && { libc }),
  };
}
