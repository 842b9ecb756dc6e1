import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { boundaryCalculations } from '../calculations/boundary.ts';
import { badInput, type Calculation } from '../calculations/calculation.ts';
import { countCalculations } from '../calculations/counts.ts';
import { meanCalculations } from '../calculations/mean.ts';
import { planCalculations } from '../calculations/plan.ts';
import { quantileCalculations } from '../calculations/quantile.ts';
import { verdictCalculations } from '../calculations/verdict.ts';
import { print } from '../output.ts';

/** Every calculation of the statistics core, by its name. */
export const CALCULATIONS: Record<string, Calculation> = {
  ...countCalculations,
  ...meanCalculations,
  ...quantileCalculations,
  ...verdictCalculations,
  ...planCalculations,
  ...boundaryCalculations,
};

export function statsCommands(program: Command): void {
  const stats = program
    .command('stats')
    .description('any calculation of the statistics core, on numbers you give it; needs no control room')
    .addHelpText('after', inputs);
  for (const [name, { about, input, run }] of Object.entries(CALCULATIONS)) {
    stats
      .command(name)
      .description(about)
      .option('--input <json>', 'the numbers as a JSON object (default: standard input)')
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
  return `\nInputs, a JSON object on standard input; ? marks what has a default:\n${lines.join('\n')}`;
}

/** The standard input; a person at a terminal who gives none is told what to give. */
async function standardInput(form: string): Promise<string> {
  if (process.stdin.isTTY) throw badInput(`give the numbers on standard input or with --input: ${form}`);
  return text(process.stdin);
}

/** One line for each number, nested ones by their path. */
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
    throw badInput(`the input is not a JSON object (${(error as Error).message}): give ${form}`, error);
  }
}
