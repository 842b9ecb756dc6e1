/**
 * An operational error that a person can act on. Each door renders it in its own standard: RFC 9457 problem+json over
 * HTTP, one line on standard error in the CLI. Programming errors stay ordinary `Error`s and become a 500.
 */
export class Problem extends Error {
  /** Stable `module.reason`, such as `experiments.unknown-metric`. */
  readonly code: string;
  /** HTTP status. 400-499 is bad input (CLI exit code 2), 500-599 a failure (exit code 1). */
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, kind: ProblemKind, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.status = kind.status;
    this.title = kind.title;
    this.retryAfterSeconds = kind.retryAfterSeconds;
  }
}

export interface ProblemKind {
  status: number;
  title: string;
  retryAfterSeconds?: number;
}

/**
 * Turns a module's table of problems into a factory: `problem('unknown-metric', 'goal.metric: …')`. The detail says in
 * one line what is wrong, where, and what to do.
 */
export function problemTable<Table extends Record<string, ProblemKind>>(module: string, table: Table) {
  return (reason: keyof Table & string, detail: string, cause?: unknown): Problem =>
    new Problem(`${module}.${reason}`, table[reason] as ProblemKind, detail, cause);
}
