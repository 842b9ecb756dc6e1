import { styleText } from 'node:util';
import { Problem } from '../../lib/problem.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours text if standard output is a terminal that supports colour. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Prints a result: one JSON document with `--json`, else the text of `render`. */
export function print<Result>(result: Result, json: boolean, render: (result: Result) => string): void {
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : render(result)}\n`);
}

/** A table with aligned columns. Numeric cells are right-aligned. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => visible(row[column] ?? ''))));
  const line = (row: readonly string[], style?: Style) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] as number) - visible(cell));
        const text = style ? paint(style, cell) : cell;
        return NUMERIC.test(cell) ? gap + text : text + gap;
      })
      .join('  ')
      .trimEnd();
  return [line(header, 'dim'), ...rows.map((row) => line(row))].join('\n');
}

const NUMERIC = /^[-+]?[\d.,]+( ?(%|ms|s|KB|MB))?$/;

function visible(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes start with the escape character
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}

export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

export function milliseconds(value: number | null): string {
  return value === null ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** Prints an error as one line on standard error; returns the exit code: 2 for bad input, 1 for a failure. */
export function fail(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`upstack: ${message.replace(/\s*\n\s*/g, ' ')}\n`);
  return error instanceof Problem && error.status >= 400 && error.status < 500 ? 2 : 1;
}
