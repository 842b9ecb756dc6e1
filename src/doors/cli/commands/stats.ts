import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { boundaryCalculations } from '../calculations/boundary.ts';
import { badInput, type Calculation } from '../calculations/calculation.ts';
import { countCalculations } from '../calculations/counts.ts';
import { meanCalculations } from '../calculations/mean.ts';
import { planCalculations } from '../calculations/plan.ts';
import { quantileCalculations } from '../calculations/quantile.ts';
import { rateCalculations } from '../calculations/rates.ts';
import { verdictCalculations } from '../calculations/verdict.ts';
import { print } from '../output.ts';

/** All calculations of the statistics core, by name. */
export const CALCULATIONS: Record<string, Calculation> = {
  ...countCalculations,
  ...rateCalculations,
  ...meanCalculations,
  ...quantileCalculations,
  ...verdictCalculations,
  ...planCalculations,
  ...boundaryCalculations,
};

export function statsCommands(program: Command): void {
  const stats = program
    .command('stats')
    .description('run a calculation of the statistics core on your own numbers; needs no control room')
    .addHelpText('after', inputs);
  for (const [name, { about, input, run }] of Object.entries(CALCULATIONS)) {
    stats
      .command(name)
      .description(about)
      .option('--input <json>', 'input as a JSON object (default: standard input)')
      .option('--json', 'print one JSON document')
      .addHelpText('after', `\nInput: ${input}`)
      .action(async (options: { input?: string; json?: boolean }) => {
        const result = run(parse(options.input ?? (await standardInput(input)), input));
        print(result, options.json === true, render);
      });
  }
}

function inputs(): string {
  const lines = Object.entries(CALCULATIONS).map(([name, { input }]) => `  ${name.padEnd(12)} ${input}`);
  return `\nInput, as a JSON object on standard input (? marks fields with a default):\n${lines.join('\n')}`;
}

/** Reads standard input. Throws if it is a terminal, with the expected input. */
async function standardInput(form: string): Promise<string> {
  if (process.stdin.isTTY) throw badInput(`pass the numbers on standard input or with --input: ${form}`);
  return text(process.stdin);
}

/** One line per value; nested values are named by their path. */
function render(result: object): string {
  const rows = (value: object, path: string): [string, string][] =>
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? rows(inner, `${path}${key}.`)
        : [[path + key, JSON.stringify(inner)]],
    );
  return rows(result, '')
    .map(([name, value]) => `${name.padEnd(28)} ${value}`)
    .join('\n');
}

function parse(input: string, form: string): unknown {
  try {
    return JSON.parse(input);
  } catch (error) {
    throw badInput(`the input must be a JSON object (${(error as Error).message}): pass ${form}`, error);
  }
}
