/** Warm invocations. The servers take turns within a round, so that other load of the machine affects all of them. */
import { median } from '../row.ts';
import { Connection } from './connection.ts';
import { cpuTimes, cpuUs } from './cpu.ts';

export interface Subject {
  port: number;
  pid: number;
  requests: readonly Uint8Array[];
}

export interface WarmSize {
  turns: number;
  /** Requests per turn, at each concurrency. */
  requests: number;
}

export interface Warm {
  /** Microseconds, one request at a time. */
  p50Us: number;
  /** Requests per second, four at a time: the median turn. */
  perSecond: number;
  /** CPU microseconds of the server and its descendants per request, one at a time; NaN outside Linux. */
  cpuUs: number;
}

const CONCURRENCY = 4;

/** The figures of each subject after one round. */
export async function warmRound(
  subjects: Record<string, Subject>,
  { turns, requests }: WarmSize,
): Promise<Record<string, Warm>> {
  const measured = Object.entries(subjects).map(([name, subject]) => {
    return { name, subject, times: [] as number[], rates: [] as number[], cpu: 0 };
  });
  for (let turn = 0; turn < turns; turn++) {
    for (const one of measured) {
      const before = cpuTimes(one.subject.pid);
      one.times.push(...(await latencies(one.subject, requests)));
      one.cpu += cpuUs(before, cpuTimes(one.subject.pid));
      one.rates.push(await throughput(one.subject, requests));
    }
  }
  const figures = measured.map(({ name, times, rates, cpu }) => {
    const warm: Warm = {
      p50Us: median(times),
      perSecond: median(rates),
      cpuUs: cpu / (turns * requests),
    };
    return [name, warm];
  });
  return Object.fromEntries(figures);
}

/** Microseconds of each request on one keep-alive connection. */
export async function latencies({ port, requests }: Subject, count: number): Promise<number[]> {
  const times: number[] = [];
  const connection = await Connection.open(port);
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    await connection.exchange(requests[i % requests.length]!);
    times.push((performance.now() - from) * 1_000);
  }
  connection.close();
  return times;
}

/** Requests per second over four keep-alive connections. */
export async function throughput({ port, requests }: Subject, count: number): Promise<number> {
  const connections = await Promise.all(Array.from({ length: CONCURRENCY }, () => Connection.open(port)));
  let next = 0;
  const from = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (next < count) await connection.exchange(requests[next++ % requests.length]!);
    }),
  );
  const perSecond = (count / (performance.now() - from)) * 1_000;
  for (const connection of connections) connection.close();
  return perSecond;
}
