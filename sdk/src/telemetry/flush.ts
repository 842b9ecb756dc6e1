/**
 * From memory to standard output, off the path of invocations: records collect in two rings and one immediate writes
 * whatever is there. The runtime reads the lines from the pipe (docs of AWS Lambda: standard output becomes the log),
 * so nothing is sent over the network and what was written survives a freeze or a crash.
 */
import { monotonicNow, soon, wallNow } from '../clock.ts';
import { config } from '../config.ts';
import type { Invocation } from '../context.ts';
import { takeWarnings, warn } from '../warnings.ts';
import { encodeLines, MAX_MESSAGE_BYTES, type Resource } from './line.ts';
import { encodeMessage, type ProductMessage } from './message.ts';
import { Ring } from './record.ts';
import { spanOf } from './span.ts';

/** Records kept between two flushes; more than that drop the oldest, which the next span counts. */
const CAPACITY = 1024;

const invocations = new Ring<Invocation>(CAPACITY);
const messages = new Ring<ProductMessage>(CAPACITY);
let scheduled = false;
let untoldDrops = 0;
let listening = false;

export function keepInvocation(invocation: Invocation): void {
  invocations.push(invocation);
  if (!scheduled) schedule();
}

export function keepMessage(message: ProductMessage): void {
  messages.push(message);
  if (!scheduled) schedule();
}

/** Writes everything that is kept. Never throws. */
function flush(): void {
  scheduled = false;
  try {
    const texts = messages.drain().flatMap(messageText);
    untoldDrops += messages.takeDropped() + invocations.takeDropped();
    const { environment } = config;
    const epochMs = wallNow() - monotonicNow();
    for (const [name, ended] of byName(invocations.drain())) {
      const spans = ended.map((invocation) => spanOf(invocation, epochMs));
      if (spans[0]) tellTroubles(spans[0].attributes);
      write(encodeLines({ resource: resourceOf(name), environment }, spans, texts.splice(0)));
    }
    write(encodeLines({ resource: {}, environment }, [], texts));
  } catch {
    // A record that cannot be written is lost; the customer's code must not notice.
  }
}

/** Flushes before the process ends by itself, by `process.exit` or by SIGTERM. */
export function flushAtEnd(): void {
  process.on('exit', flush);
  const onTerminate = () => {
    flush();
    process.off('SIGTERM', onTerminate);
    // Listening to the signal took its effect away; when nobody else listens, give it back.
    if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM');
  };
  process.on('SIGTERM', onTerminate);
}

function schedule(): void {
  scheduled = true;
  soon(flush);
}

function messageText(message: ProductMessage): string[] {
  try {
    const text = encodeMessage(message);
    if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return [text];
    warn('message-too-large');
  } catch {
    warn('message-unreadable');
  }
  return [];
}

function byName(ended: Invocation[]): Map<string, Invocation[]> {
  const groups = new Map<string, Invocation[]>();
  for (const invocation of ended) {
    const group = groups.get(invocation.name);
    if (group) group.push(invocation);
    else groups.set(invocation.name, [invocation]);
  }
  return groups;
}

function tellTroubles(attributes: Record<string, string | number | boolean>): void {
  const warnings = takeWarnings();
  if (warnings.length > 0) attributes['upstack.warning'] = warnings.join(' ');
  if (untoldDrops > 0) attributes['upstack.dropped'] = untoldDrops;
  untoldDrops = 0;
}

function resourceOf(name: string): Resource {
  return {
    'service.name': name,
    'faas.name': config.functionName,
    'faas.version': config.functionVersion,
    'faas.instance': config.instance,
    'cloud.provider': 'aws',
  };
}

function write(lines: string[]): void {
  if (lines.length === 0) return;
  if (!listening) {
    listening = true;
    // Without a listener a closed standard output would end the customer's process.
    process.stdout.on('error', () => {});
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
