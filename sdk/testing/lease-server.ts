import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LeaseClaims } from '../src/core/lease.ts';

export const WRITE_KEY = 'wk_test';
export const FUNCTION_NAME = 'checkout';

/** Claims that are sound now; `over` replaces some of them. */
export function claimsOf(over: Partial<LeaseClaims> = {}): LeaseClaims {
  return {
    jti: `jti-${Math.random()}`,
    run: 'run_1',
    experiment: 'payment-down',
    function: FUNCTION_NAME,
    unit: 'person',
    salt: 'salt-1',
    stage: 1,
    share: 1,
    fault: { kind: 'error', message: 'injected' },
    ttlMs: 2000,
    notAfter: Date.now() + 60_000,
    ...over,
  };
}

/** A compact JWS of the claims, with whatever header. */
export function signToken(
  claims: unknown,
  key: KeyObject,
  header: object = { alg: 'EdDSA', typ: 'upstack-lease+jwt' },
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

export function newKey(): { privateKey: KeyObject; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: String(publicKey.export({ format: 'jwk' }).x) };
}

/** The control room as a function sees it: a real server that signs a new lease for each request while one is armed. */
export class LeaseServer {
  readonly key = newKey();
  /** What the next answer holds. */
  tokens: () => string[] = () => [];
  /** Requests answered with 200. */
  polls = 0;
  /** The headers of the last request. */
  lastHeaders: NodeJS.Dict<string | string[]> = {};
  /** Whether any request carried a trace. */
  sawTrace = false;
  #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<LeaseServer> {
    const server = createServer();
    const leases = new LeaseServer(server);
    server.on('request', (request, response) => {
      leases.lastHeaders = request.headers;
      if (request.headers.traceparent !== undefined) leases.sawTrace = true;
      const authorized = request.headers.authorization === `Bearer ${WRITE_KEY}`;
      if (request.url !== `/leases/v1/${FUNCTION_NAME}` || !authorized) {
        response.writeHead(authorized ? 404 : 401).end();
        return;
      }
      leases.polls++;
      response.end(JSON.stringify({ leases: leases.tokens() }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return leases;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The environment of a function that asks this server. */
  get env(): Record<string, string> {
    return { UPSTACK_URL: this.url, UPSTACK_WRITE_KEY: WRITE_KEY, UPSTACK_LEASE_KEY: this.key.publicKey };
  }

  /** Answers with newly signed leases from now on. */
  arm(over: Partial<LeaseClaims> = {}): void {
    this.tokens = () => [signToken(claimsOf(over), this.key.privateKey)];
  }

  withdraw(): void {
    this.tokens = () => [];
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}
