/**
 * The cost of an invocation in the embedded twin of AWS Lambda: through its API, signed, into a process of its own.
 * `npm run bench -- compute [--peers]`; `--peers` installs serverless-offline below .artefacts and measures it too.
 *
 * Each figure is the best of three rounds' medians. Within a round the subjects take turns. Targets:
 * - warm invocation: at most 6 times a bare node:http echo of the same request, and half of serverless-offline's time;
 * - throughput: twice that of serverless-offline;
 * - cold start: at most 2.5 times `node -e 0`, and 15 ms from a pre-warmed process;
 * - first part of a streamed response, response to a timeout, end of its processes: 50 ms.
 *
 * A turn has 1,500 requests; with a few hundred, most of the time passes before caches and connections have settled.
 * `taskset -c 0` avoids wake-ups across cores, which take longer than the work on virtual machines.
 */
import type { Bench, Row } from '../row.ts';
import { measure, type Round, type Size } from './measure.ts';
import { PEER } from './servers/peer.ts';
import type { Starts } from './starts.ts';
import type { Warm } from './warm.ts';

const SIZE: Size = { rounds: 3, turns: 6, requests: 1_500, starts: 7, kills: 3 };
const RAW = 'node:http echo';
const EMPTY = 'node -e 0';
const EMPTY_PYTHON = 'python3 -c pass';

export const bench: Bench = async (progress) => {
  const peers = process.argv.includes('--peers');
  const hint = peers ? '' : ` (--peers adds ${PEER})`;
  return rowsOf(await measure(SIZE, peers, (text) => progress(text + hint)));
};

/** The rows: for each figure, the best of all rounds. */
export function rowsOf(rounds: Round[]): Row[] {
  const min = (of: (round: Round) => number) => Math.min(...rounds.map(of));
  const { raw, ours, python, peer } = bestOf(rounds) as { raw: Warm; ours: Warm; python?: Warm; peer?: Warm };
  const alone = { versus: '', ratio: undefined };
  const against = (value: number, versus: string, other: number) => ({ value, versus, ratio: value / other });
  const warm = (title: string, figures: Warm, versus: string, other: Warm): Row[] => [
    { case: `${title}, 1 at a time`, unit: 'us p50', ...against(figures.p50Us, versus, other.p50Us) },
    { case: `${title}, 4 at a time`, unit: '/s', ...against(figures.perSecond, versus, other.perSecond) },
    { case: `${title}, CPU`, unit: 'us', ...against(figures.cpuUs, versus, other.cpuUs) },
  ];
  const cold = (title: string, of: (round: Round) => Starts | undefined, empty: string): Row[] => {
    const emptyMs = min((round) => of(round)?.emptyMs ?? Number.NaN);
    const row = (member: keyof Starts) => ({
      unit: 'ms p50',
      ...against(
        min((round) => of(round)?.[member] ?? Number.NaN),
        empty,
        emptyMs,
      ),
    });
    return [
      { case: empty, value: emptyMs, unit: 'ms p50', ...alone },
      { case: title, ...row('coldMs') },
      { case: `${title}, pre-warmed`, ...row('preWarmedMs') },
    ];
  };
  const rows: Row[] = [
    ...warm(RAW, raw, '', raw).map((row) => ({ ...row, ratio: undefined })),
    ...warm('warm', ours, RAW, raw),
    ...cold('cold start', ({ starts }) => starts, EMPTY),
    ...cold('cold start in a sandbox', ({ sandboxed }) => sandboxed, EMPTY).slice(1),
    ...(python ? warm('Python, warm', python, RAW, raw) : []),
    ...cold('Python, cold start', (round) => round.python, EMPTY_PYTHON),
    { case: 'first streamed part', value: min((round) => round.firstPartMs), unit: 'ms', ...alone },
    { case: 'timeout: response', value: min(({ kills }) => kills.answerMs), unit: 'ms late', ...alone },
    { case: 'timeout: processes gone', value: min(({ kills }) => kills.goneMs), unit: 'ms late', ...alone },
  ];
  if (peer) rows.push(...warm(PEER, peer, RAW, raw), ...warm('warm', ours, PEER, peer));
  // CPU time needs Linux, sandboxes need bubblewrap, and Python needs python3: rows without a figure are left out.
  return rows.filter(({ value }) => !Number.isNaN(value));
}

function bestOf(rounds: Round[]): Record<string, Warm> {
  const names = Object.keys(rounds[0]?.warm ?? {});
  const best = (name: string): Warm => {
    const figures = rounds.map(({ warm }) => warm[name]!);
    return {
      p50Us: Math.min(...figures.map(({ p50Us }) => p50Us)),
      perSecond: Math.max(...figures.map(({ perSecond }) => perSecond)),
      cpuUs: Math.min(...figures.map(({ cpuUs }) => cpuUs)),
    };
  };
  return Object.fromEntries(names.map((name) => [name, best(name)]));
}
