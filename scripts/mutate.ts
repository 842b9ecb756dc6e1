/**
 * Mutation testing of the statistics core: `npm run mutate [module …]`. Every expression of `src/stats` is changed in turn, and
 * the tests should notice. Each module is judged by its own tests and the published reference values alone, without the
 * simulations, so the score is a lower bound. What survived is listed in `.artefacts/mutation/<module>.txt`.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const MIN_PERCENT = 85;
const root = resolve(import.meta.dirname, '..');
const results = join(root, '.artefacts', 'mutation');
/** Tests beside a module's own and those of published values and peers. */
const MORE: Record<string, string[]> = {
  stitching: ['mixture'],
  histogram: ['quantile'],
};
/** Simulations' random numbers: a changed generator is another generator. */
const LEFT_OUT = ['random'];

interface Report {
  files: Record<string, { mutants: { status: string }[] }>;
}

/** Test files of a module, by its name: its own, those of MORE, published values and peers. */
function testsOf(module: string): string[] {
  const names = [module, ...(MORE[module] ?? []), 'reference', 'peers'];
  return globSync('src/stats/**/*.test.ts', { cwd: root }).filter((file) =>
    names.includes(basename(file, '.test.ts')),
  );
}

/** Mutants of one module by what became of them. */
function mutate(file: string): Record<string, number> {
  const module = basename(file, '.ts');
  const [config, report] = [join(results, `${module}.config.json`), join(results, `${module}.json`)];
  writeFileSync(
    config,
    JSON.stringify({
      testRunner: 'tap',
      mutate: [file],
      tap: {
        testFiles: testsOf(module),
        nodeArgs: ['-r', '{{hookFile}}', '--test-reporter=tap', '{{testFile}}'],
      },
      tsconfigFile: 'no-tsconfig.json',
      coverageAnalysis: 'perTest',
      concurrency: 2,
      timeoutMS: 4_000,
      tempDirName: join(results, 'sandbox'),
      reporters: ['clear-text', 'json'],
      clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
      jsonReporter: { fileName: report },
    }),
  );
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', config],
    { cwd: root, encoding: 'utf8', maxBuffer: 1e8 },
  );
  writeFileSync(join(results, `${module}.txt`), stdout);
  if (status !== 0) throw new Error(`${module}: stryker failed\n${stdout.slice(-2_000)}`);
  const counts: Record<string, number> = {};
  const { files } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  for (const { status } of Object.values(files).flatMap(({ mutants }) => mutants)) {
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function row(name: string, counts: Record<string, number>): string {
  const noticed = (counts.Killed ?? 0) + (counts.Timeout ?? 0);
  const missed = (counts.Survived ?? 0) + (counts.NoCoverage ?? 0);
  const score = (100 * noticed) / (noticed + missed);
  return `${name.padEnd(12)} ${String(noticed + missed).padStart(6)} ${String(missed).padStart(8)} ${score.toFixed(1).padStart(7)} %`;
}

mkdirSync(results, { recursive: true });
const wanted = process.argv.slice(2);
const modules = globSync('src/stats/**/*.ts', { cwd: root })
  .map((file) => ({ file, module: basename(file, '.ts') }))
  .filter(({ module }) => !module.endsWith('.test') && !LEFT_OUT.includes(module))
  .filter(({ module }) => wanted.length === 0 || wanted.includes(module))
  .sort((a, b) => a.module.localeCompare(b.module));
const total: Record<string, number> = {};
console.log('module       mutants survived   score');
for (const { file, module } of modules) {
  const counts = mutate(file);
  for (const [status, count] of Object.entries(counts)) total[status] = (total[status] ?? 0) + count;
  console.log(row(module, counts));
}
console.log(row('all', total));
const noticed = (total.Killed ?? 0) + (total.Timeout ?? 0);
const all = noticed + (total.Survived ?? 0) + (total.NoCoverage ?? 0);
process.exitCode = (100 * noticed) / all >= MIN_PERCENT ? 0 : 1;
