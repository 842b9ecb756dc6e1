/** Runs a benchmark: `npm run bench -- <name> [--json]`. Each benchmark runs its peers in the same run. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Bench, Row } from './row.ts';

const benches: Record<string, () => Promise<{ bench: Bench }>> = {
  compute: () => import('./compute/bench.ts'),
  sdk: () => import('./sdk/bench.ts'),
  soak: () => import('./soak/bench.ts'),
  stats: () => import('./stats/bench.ts'),
};

function machine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

function table(rows: Row[]): string {
  const round = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  const cells = rows.map((row) => [
    row.case,
    round(row.value),
    row.unit,
    row.versus,
    row.ratio === undefined ? '' : `${round(row.ratio)}x`,
  ]);
  const lines = [['case', 'value', 'unit', 'versus', 'ratio'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line.map((cell, i) => (i === 1 || i === 4 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))),
    )
    .map((line) => line.join('  ').trimEnd())
    .join('\n');
}

const json = process.argv.includes('--json');
const [name = ''] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (load === undefined) {
  const names = Object.keys(benches).join(', ');
  process.stderr.write(`unknown benchmark '${name}': choose one of ${names}\n`);
  process.exit(2);
}
const { bench } = await load();
const rows = await bench((progress) => {
  if (!json && process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progress}`);
});
if (!json && process.stderr.isTTY) process.stderr.write('\r\x1b[K');
process.stdout.write(json ? `${JSON.stringify({ name, machine: machine(), rows })}\n` : `${table(rows)}\n`);
