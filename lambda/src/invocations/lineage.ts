import { crc32 } from 'node:zlib';
import type { FunctionRecord } from '../catalog/records.ts';
import { LambdaError } from '../errors.ts';
import { MAX_FUNCTIONS_IN_LINEAGE, MAX_RECURSIONS, MAX_TRACE_HEADER } from '../limits.ts';

/*
 * How often functions have been invoked in one chain of invocations and messages. The trace header tells it, which AWS's
 * SDKs send on from a function: `Lineage=43e12f0f:5`, for each function what stands for its name and how often it was
 * invoked again; several are separated by `|`, which some of the SDKs escape.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html, and "Detecting and stopping recursive
 * loops in AWS Lambda functions" in the AWS Compute Blog
 */
const LINEAGE = /(?:^|;)Lineage=([^;]*)/;
const EVERY_LINEAGE = new RegExp(LINEAGE, 'g');
const SEPARATOR = /\||%7C/i;

/** A trace header that can be sent on; undefined for one that cannot be a header, or is too long to be one. */
export function traceHeaderFrom(text: string | undefined | null): string | undefined {
  return text && text.length <= MAX_TRACE_HEADER && /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

/** What the trace header says of its chain: equal for messages that have come the same way. */
export function lineageOf(traceHeader: string | undefined | null): string {
  return LINEAGE.exec(traceHeader ?? '')?.[1] ?? '';
}

/** How often the function has been invoked in the chain that the trace header is of. */
export function invocationsIn(traceHeader: string, functionName: string): number {
  return entriesOf(traceHeader).get(keyOf(functionName)) ?? 0;
}

/** The trace header for an invocation of the function in this chain, and for everything that follows from it. */
export function withInvocation(traceHeader: string, functionName: string): string {
  const key = keyOf(functionName);
  const entries = entriesOf(traceHeader);
  const count = (entries.get(key) ?? 0) + 1;
  entries.delete(key);
  const others = [...entries].slice(1 - MAX_FUNCTIONS_IN_LINEAGE);
  const lineage = [...others, [key, count] as const].map(([each, times]) => `${each}:${times - 1}`).join('|');
  const whole = `${traceHeader.replace(EVERY_LINEAGE, '')};Lineage=${lineage}`;
  // It must not become too long to be taken, or a loop would begin to count anew.
  return whole.length <= MAX_TRACE_HEADER ? whole : `Lineage=${lineage}`;
}

/** Whether another invocation of the function in this chain would be one too many. */
export function isLoop(record: FunctionRecord, traceHeader: string | undefined | null): boolean {
  if (!traceHeader || record.recursiveLoop === 'Allow') return false;
  return invocationsIn(traceHeader, record.name) >= MAX_RECURSIONS;
}

/** What the caller of an invocation is told that would be one too many. */
export function loopStopped(): LambdaError {
  return new LambdaError(
    'RecursiveInvocationException',
    "Lambda has detected your function being invoked in a recursive loop with other AWS resources and stopped your function's invocation.",
  );
}

function entriesOf(traceHeader: string): Map<string, number> {
  const entries = new Map<string, number>();
  for (const entry of lineageOf(traceHeader).split(SEPARATOR)) {
    const [, key, again] = /^([0-9a-f]{8}):(\d{1,9})$/.exec(entry) ?? [];
    if (key !== undefined) entries.set(key, Number(again) + 1);
  }
  return entries;
}

function keyOf(functionName: string): string {
  return crc32(functionName).toString(16).padStart(8, '0');
}
