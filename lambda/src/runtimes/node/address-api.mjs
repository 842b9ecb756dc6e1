// The Runtime API at an address, where anybody may stand: a wrapper script can put an extension between.
import { Agent, request } from 'node:http';
import { RuntimeApi } from './runtime-api.mjs';

export class AddressApi extends RuntimeApi {
  #url;
  #lost;
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  /** The request whose body is written in parts, and its answer. */
  #stream;
  #streamed;

  /** `lost` is called when nobody is there any more. */
  constructor(address, lost) {
    super();
    this.#url = `http://${address}`;
    this.#lost = lost;
  }

  async exchange(requests) {
    let answer;
    for (const { body, ...head } of requests) answer = await this.#send(head, body);
    return answer;
  }

  open(head) {
    // It cannot be sent again, so it gets a connection that nobody can have ended.
    this.#streamed = new Promise((resolve) => {
      this.#stream = this.#begin(head, false, resolve).on('error', this.#lost);
    });
    return this.#stream;
  }

  async close(trailers, requests) {
    this.#stream.addTrailers(trailers);
    this.#stream.end();
    const answer = await this.#streamed;
    return requests.length > 0 ? await this.exchange(requests) : answer;
  }

  #send(head, body) {
    const headers = { ...head.headers, 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve) => {
      const sent = this.#begin({ ...head, headers }, this.#agent, resolve);
      // A server may end a connection that nothing goes over just when something does.
      sent.on('error', () => (sent.reusedSocket ? resolve(this.#send(head, body)) : this.#lost()));
      sent.end(body);
    });
  }

  #begin({ method, path, headers }, agent, resolve) {
    return request(this.#url, { method, path, headers, agent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      const { statusCode: status, headers: answered } = response;
      response.on('end', () => resolve({ status, headers: answered, body: Buffer.concat(parts) }));
      response.on('error', this.#lost);
    });
  }
}
