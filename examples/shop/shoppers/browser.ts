import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Step } from './journey.ts';
import type { Outcome, Person } from './person.ts';

const MAX_RESPONSE_BYTES = 1024 * 1024;
/** How long the page waits for recommendations in the background. */
const RECOMMENDATIONS_PATIENCE_MS = 5_000;

interface Answer {
  status: number;
  text: string;
}

/** One request, for the totals. */
export interface Sample {
  outcome: Outcome;
  elapsedMs: number;
}

/**
 * Keeps at most `sockets` connections open between requests. `*.localhost` is this machine by RFC 6761, but not every
 * resolver knows that: requests to such a name go to 127.0.0.1 with the name in the Host header.
 */
export class Network {
  #agents: { http: http.Agent; https: https.Agent };

  constructor(sockets: number) {
    const options = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets, timeout: 30_000 };
    this.#agents = { http: new http.Agent(options), https: new https.Agent(options) };
  }

  /** Sends one request. Rejects with a TimeoutError after `timeoutMs`, and with the network error on a broken connection. */
  request(
    url: URL,
    options: { method?: string; headers?: Record<string, string>; body?: string; timeoutMs: number },
  ): Promise<Answer> {
    const { method = 'GET', headers = {}, body, timeoutMs } = options;
    const secure = url.protocol === 'https:';
    const client = secure ? https : http;
    return new Promise((resolve, reject) => {
      const request = client.request(
        {
          agent: secure ? this.#agents.https : this.#agents.http,
          host: url.hostname.endsWith('.localhost') ? '127.0.0.1' : url.hostname,
          port: url.port || (secure ? 443 : 80),
          path: `${url.pathname}${url.search}`,
          method,
          headers: {
            host: url.host,
            ...headers,
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
          signal: AbortSignal.timeout(timeoutMs),
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
            if (text.length > MAX_RESPONSE_BYTES) request.destroy(new Error('the response is too large'));
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}

/** One person's browser during one visit: its cookies, its basket and the data of the page. */
export class Browser {
  #network: Network;
  #storefront: URL;
  #person: Person;
  #patienceMs: number;
  #onSample: (sample: Sample) => void;
  #unit = randomUUID();
  #checkout: URL | undefined;
  #lines: unknown[] = [];
  #authorisation: unknown;
  #recommended: string[] = [];

  /** `patienceMs` is in real time, already divided by the demo's speed. */
  constructor(options: {
    network: Network;
    storefront: URL;
    person: Person;
    patienceMs: number;
    onSample: (sample: Sample) => void;
  }) {
    this.#network = options.network;
    this.#storefront = options.storefront;
    this.#person = options.person;
    this.#patienceMs = options.patienceMs;
    this.#onSample = options.onSample;
  }

  /** Takes one step and returns its outcome for the person: done, failed, or slower than their patience. */
  async take(step: Step): Promise<Outcome> {
    const { email, visitorId: visitor, name, card } = this.#person;
    if (step.kind === 'home') return this.#open('/');
    if (step.kind === 'view') return this.#view(step);
    if (step.kind === 'add') {
      const { sku, quantity } = step;
      return this.#post('/basket', { lines: this.#lines, add: { sku, quantity }, visitor, email });
    }
    if (step.kind === 'sign-up') return this.#post('/sign-up', { email, name, visitor });
    if (step.kind === 'pay') {
      if (step.again) this.#lines = [step.again];
      return this.#post('/checkout', { lines: this.#lines, email, card, visitor, attempt: this.#unit });
    }
    return this.#post('/confirm', { authorisation: this.#authorisation, email, visitor });
  }

  async #view(step: Step & { kind: 'view' }): Promise<Outcome> {
    const followed = step.recommendation && this.#recommended[step.recommendation.choice];
    const sku = followed ?? step.sku;
    const outcome = await this.#open(`/products/${sku}${followed ? '?from=recommendation' : ''}`);
    // The page renders first and fetches these afterwards; nobody waits for them.
    if (outcome === 'done') void this.#recommend(sku);
    return outcome;
  }

  async #open(path: string): Promise<Outcome> {
    return this.#ask(new URL(path, this.#storefront), { headers: this.#cookies() }, ({ text }) => {
      const checkout = /data-checkout="([^"]+)"/.exec(text)?.[1];
      if (checkout !== undefined) this.#checkout = new URL(checkout);
    });
  }

  async #recommend(sku: string): Promise<void> {
    const url = new URL(`/api/recommendations?sku=${sku}`, this.#storefront);
    try {
      const { text } = await this.#network.request(url, {
        headers: this.#cookies(),
        timeoutMs: RECOMMENDATIONS_PATIENCE_MS,
      });
      const { products } = JSON.parse(text) as { products: { sku: string }[] };
      this.#recommended = products.map((product) => product.sku);
    } catch {
      this.#recommended = [];
    }
  }

  async #post(path: string, body: object): Promise<Outcome> {
    if (!this.#checkout) return 'failed';
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json', baggage: `upstack.unit=${this.#unit}` },
      body: JSON.stringify(body),
    };
    return this.#ask(new URL(path, this.#checkout), request, ({ text }) => {
      const answer = JSON.parse(text) as { lines?: unknown[]; authorisation?: string };
      if (answer.lines) this.#lines = answer.lines;
      if (answer.authorisation) this.#authorisation = answer.authorisation;
    });
  }

  async #ask(
    url: URL,
    request: { method?: string; headers: Record<string, string>; body?: string },
    onAnswer: (answer: Answer) => void,
  ): Promise<Outcome> {
    const since = performance.now();
    let outcome: Outcome = 'failed';
    try {
      const answer = await this.#network.request(url, { ...request, timeoutMs: Math.ceil(this.#patienceMs) });
      if (answer.status === 200) {
        onAnswer(answer);
        outcome = 'done';
      }
    } catch (error) {
      if ((error as Error).name === 'AbortError' || (error as Error).name === 'TimeoutError')
        outcome = 'slow';
    }
    this.#onSample({ outcome, elapsedMs: performance.now() - since });
    return outcome;
  }

  #cookies(): Record<string, string> {
    return { cookie: `upstack_unit=${this.#unit}; shop_visitor=${this.#person.visitorId}` };
  }
}
