import { resolve } from 'node:path';
import { DEFAULT_DATA, DEFAULT_HOST, DEFAULT_PORT } from '../doors/cli/defaults.ts';
import { Problem } from '../lib/problem.ts';

/** What `upstack start` was asked for, checked. */
export interface Config {
  host: string;
  /** Further names that requests may ask for, such as the one of a proxy in front. */
  allowedHosts: readonly string[];
  /** 0 takes any free port. */
  port: number;
  directory: string;
  demo: boolean;
  /** New shop sessions per second in the demo. */
  demoRate: number;
  /** Whether the demo runs the shop's experiments by itself. */
  demoExperiments: boolean;
  /** Whether functions run in sandboxes where this machine can make them. */
  isolation: 'auto' | 'off';
  /** On AWS, `role` is the ARN of the execution role that new functions get; without it none can be made. */
  compute: { kind: 'embedded' } | { kind: 'aws'; region: string; role: string | undefined };
  /** `embedded:` or the URL of a ClickHouse HTTP interface. */
  events: string;
  /** `embedded:` or a `postgres://` URL. */
  state: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];
const MAX_DEMO_RATE = 200;

/** Checks start options. Throws a Problem (bad input) that names the option and what it takes. */
export function configFrom(options: Record<string, unknown>): Config {
  const text = (name: string, fallback: string) => String(options[name] ?? fallback);
  const logLevel = text('logLevel', 'warn');
  if (!LOG_LEVELS.includes(logLevel)) throw bad('--log-level', logLevel, LOG_LEVELS.join(', '));
  return {
    host: text('host', DEFAULT_HOST),
    allowedHosts: (options.allowHost as string[] | undefined) ?? [],
    port: whole('--port', text('port', String(DEFAULT_PORT)), 65_535),
    directory: resolve(text('data', DEFAULT_DATA)),
    demo: options.demo === true,
    demoRate: whole('--demo-rate', text('demoRate', '36'), MAX_DEMO_RATE),
    demoExperiments: options.demoExperiments !== false,
    isolation: options.isolation === false ? 'off' : 'auto',
    compute: computeFrom(text('compute', 'embedded:'), options.computeRole),
    events: urlFrom('--events', text('events', 'embedded:'), ['http:', 'https:']),
    state: urlFrom('--state', text('state', 'embedded:'), ['postgres:', 'postgresql:']),
    logLevel: logLevel as Config['logLevel'],
  };
}

function whole(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw bad(option, text, `a whole number from 0 to ${most}`);
  return value;
}

function computeFrom(text: string, role: unknown): Config['compute'] {
  const isRole = /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/.test(String(role ?? ''));
  if (role !== undefined && !isRole)
    throw bad(
      '--compute-role',
      String(role),
      'the ARN of an execution role, arn:aws:iam::<account>:role/<name>',
    );
  if (text === 'embedded:') return { kind: 'embedded' };
  const region = /^aws:([a-z]{2}(-[a-z]+)+-\d)$/.exec(text)?.[1];
  if (region === undefined)
    throw bad('--compute', text, '"embedded:" or "aws:<region>", for example aws:eu-west-1');
  return { kind: 'aws', region, role: role as string | undefined };
}

function urlFrom(option: string, text: string, protocols: string[]): string {
  if (text === 'embedded:') return text;
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
  throw bad(
    option,
    text,
    `"embedded:" or a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  );
}

function bad(option: string, given: string, takes: string): Problem {
  return new Problem(
    'config.invalid-option',
    { status: 400, title: 'Invalid option' },
    `${option} "${given}": takes ${takes}`,
  );
}
