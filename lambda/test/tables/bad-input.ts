import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { type Zippable, zipSync } from 'fflate';
import { BASH } from '../clients/clients.ts';
import { type ComputeUnderTest, FunctionsMade, json, refused } from '../support/functions-made.ts';

const MB = 1_048_576;
const noBash = existsSync('/bin/bash') ? false : 'no bash';
const CODE = Buffer.from('exports.handler = async (event) => event;');
const SYMLINK = { os: 3, attrs: (0o120777 << 16) >>> 0 };
const link = (target: string): Zippable[string] => [Buffer.from(target), SYMLINK];

/** Nine in ten invocations of another function are to take less, whatever a bad one does meanwhile. */
const NORMAL_MS = 1_000;

const packed = (files: Zippable) => zipSync({ 'index.js': CODE, ...files });

/** 300 MB of zeros in 10 KB: thirty entries that are all the same 10 MB. */
function bomb(): Uint8Array {
  const zip = Buffer.from(zipSync({ zeros: Buffer.alloc(10 * MB) }));
  const [entry, end] = [zip.indexOf('PK\x01\x02'), zip.indexOf('PK\x05\x06')];
  const entries = Array.from({ length: 30 }, () => zip.subarray(entry, end));
  const trailer = Buffer.from(zip.subarray(end));
  for (const at of [8, 10]) trailer.writeUInt16LE(entries.length, at);
  trailer.writeUInt32LE(entries.length * (end - entry), 12);
  return Buffer.concat([zip.subarray(0, entry), ...entries, trailer]);
}

/** An archive whose directory of entries says that its largest file, the last, has ten bytes. */
function lying(): Uint8Array {
  const zip = Buffer.from(packed({ zeros: Buffer.alloc(10 * MB) }));
  const last = zip.lastIndexOf(Buffer.from('PK\x01\x02'));
  zip.writeUInt32LE(10, last + 24);
  return zip;
}

/** An archive in which one byte of a stored file is another one. */
function damaged(): Uint8Array {
  const zip = Buffer.from(zipSync({ 'index.js': CODE }, { level: 0 }));
  const at = zip.indexOf(CODE);
  zip.writeUInt8(zip.readUInt8(at) ^ 1, at);
  return zip;
}

/** Packages and the reason that the refusal gives. */
const PACKAGES: [what: string, zip: () => Uint8Array, reason: RegExp][] = [
  ['a zip bomb', bomb, /^Unzipped size must be smaller than 262144000 bytes$/],
  ['an archive that lies about a size', lying, /^Could not unzip uploaded file/],
  ['an archive with a damaged file', damaged, /^Could not unzip uploaded file/],
  ['half an archive', () => packed({}).subarray(0, 100), /^Could not unzip uploaded file/],
  ['what is no archive', () => randomBytes(1_000), /^Could not unzip uploaded file/],
  ['a name that climbs', () => packed({ '../outside.js': CODE }), /^Could not unzip uploaded file/],
  ['a name that climbs from inside', () => packed({ 'a/../../outside.js': CODE }), /^Could not unzip/],
  ['an absolute name', () => packed({ '/tmp/outside.js': CODE }), /^Could not unzip uploaded file/],
  ['no file', () => zipSync({}), /non-empty zip/],
];
/** AWS keeps links that lead outside, in a file system of the function's own. */
const LINKS: typeof PACKAGES = [
  ['a link to an absolute path', () => packed({ secrets: link('/etc/passwd') }), /"secrets" leads to/],
  ['a link that climbs', () => packed({ 'a/b': link('../../outside') }), /"a\/b" leads to/],
  ['a chain of links', () => packed({ a: link('b'), b: link('..') }), /leads to/],
  ['a file below a link', () => packed({ a: link('..'), 'a/outside.js': CODE }), /^Could not unzip/],
];

/** What bad packages and bad functions must come to, and that nothing else is disturbed by them. */
export function badInputConformance(engine: string, open: () => Promise<ComputeUnderTest>): void {
  describe(`bad input: ${engine}`, () => {
    let under: ComputeUnderTest;
    let made: FunctionsMade;
    let neighbour: string;

    before(async () => {
      under = await open();
      made = new FunctionsMade(under);
      neighbour = await made.make(CODE.toString());
      await invoke(neighbour, 'warm');
    });
    after(async () => {
      await made.delete();
      await under.close();
    });

    const invoke = (FunctionName: string, payload: unknown) =>
      under.client.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(payload)) }));
    const failed = async (name: string, payload: unknown = {}) => {
      const answer = await invoke(name, payload);
      assert.deepEqual([answer.StatusCode, answer.FunctionError], [200, 'Unhandled']);
      return json(answer.Payload) as { errorType?: string; errorMessage: string };
    };

    /** Does something bad while another function is invoked all the time, which has to go on as ever. */
    async function undisturbed<T>(act: () => Promise<T>): Promise<T> {
      const latencies: number[] = [];
      let over = false;
      const acting = Promise.allSettled([act()]).finally(() => {
        over = true;
      });
      for (let i = 0; !over || i < 10; i++) {
        const since = performance.now();
        assert.equal(json((await invoke(neighbour, i)).Payload), i);
        latencies.push(performance.now() - since);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      latencies.sort((a, b) => a - b);
      const p90 = latencies[Math.floor(latencies.length * 0.9)] as number;
      assert.ok(p90 < NORMAL_MS, `another function took ${p90} ms at the 90th percentile`);
      const [outcome] = await acting;
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    }

    for (const [what, zip, reason] of engine === 'AWS' ? PACKAGES : [...PACKAGES, ...LINKS]) {
      test(`${what} is refused, and the code before it stays`, async () => {
        const FunctionName = await made.make(CODE.toString());
        const code = async () =>
          (await under.client.send(new GetFunctionCommand({ FunctionName }))).Configuration?.CodeSha256;
        const kept = await code();
        const ZipFile = zip();
        await undisturbed(() =>
          refused(
            under.client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile })),
            'InvalidParameterValueException',
            400,
            reason,
          ),
        );
        assert.equal(await code(), kept);
        assert.equal(json((await invoke(FunctionName, 'still')).Payload), 'still');
      });
    }

    // The client needs longer to sign it than the engine to refuse it.
    test('a package above 50 MB is refused', async () => {
      const ZipFile = zipSync({ noise: randomBytes(53 * MB) }, { level: 0 });
      const settings = { Role: under.role, Runtime: 'nodejs22.x' as const, Handler: 'index.handler' };
      const FunctionName = 'upstack-test-too-large';
      await refused(
        under.client.send(new CreateFunctionCommand({ FunctionName, ...settings, Code: { ZipFile } })),
        'RequestEntityTooLargeException',
        413,
        /^Request must be smaller than 70167211 bytes for the CreateFunction operation$/,
      );
    });

    test('a payload above 6 MB is refused', async () => {
      await undisturbed(() =>
        refused(
          invoke(neighbour, 'x'.repeat(7 * MB)),
          'RequestTooLargeException',
          413,
          /^Request must be smaller than 6291456 bytes for the InvokeFunction operation$/,
        ),
      );
    });

    const ENDINGS: [what: string, code: string, message: RegExp][] = [
      ['exits', 'process.exit(7)', /^RequestId: \S+ Error: Runtime exited with error: exit status 7$/],
      ['has a segmentation fault', 'process.kill(process.pid, "SIGSEGV")', /signal: segmentation fault$/],
      ['aborts', 'process.abort()', /signal: aborted$/],
      ['kills its whole process group', 'process.kill(0, "SIGKILL")', /signal: killed$/],
      [
        'overflows its heap',
        'const a = []; for (;;) a.push(new Array(1e5).fill({}))',
        /Runtime exited|signal: /,
      ],
    ];
    for (const [what, code, message] of ENDINGS) {
      test(`a function that ${what} fails, and works again`, async () => {
        const name = await made.make(
          `exports.handler = async (bad) => { if (bad) { ${code}; } return 'well'; };`,
          { Timeout: 30 },
        );
        const error = await undisturbed(() => failed(name, true));
        assert.match(error.errorMessage, message);
        assert.equal(json((await invoke(name, false)).Payload), 'well');
      });
    }

    test('a function that never comes back is ended at its timeout, with what it started', async () => {
      const name = await made.make(
        `const { spawn } = require('node:child_process');
         exports.handler = async (bad) => { if (bad) { spawn('sleep', ['60']); for (;;); } return 'well'; };`,
        { Timeout: 1 },
      );
      assert.match(
        (await undisturbed(() => failed(name, true))).errorMessage,
        /Task timed out after 1\.00 seconds$/,
      );
      assert.equal(json((await invoke(name, false)).Payload), 'well');
    });

    test('a function that hangs before its handler is ended at its timeout', {
      timeout: 60_000,
    }, async () => {
      const name = await made.make('for (;;);', { Timeout: 2 });
      const error = await undisturbed(() => failed(name));
      assert.match(error.errorMessage, /Task timed out after 2\.00 seconds$/);
    });

    test('an answer that is no JSON reaches the caller as it is', { skip: noBash }, async () => {
      const { Runtime, Code } = BASH.settings({ 'index.sh': `handle() { printf '{"half":'; }` });
      const FunctionName = await made.make('', { Runtime: Runtime as 'provided.al2023', Code });
      const answer = await undisturbed(() => invoke(FunctionName, {}));
      assert.deepEqual(
        [answer.FunctionError, Buffer.from(answer.Payload ?? []).toString()],
        [undefined, '{"half":'],
      );
    });

    test('a function that writes a gigabyte to its log answers', { timeout: 120_000 }, async () => {
      const name = await made.make(
        `exports.handler = async (times) => {
           const part = Buffer.alloc(${MB}, 'x');
           for (let i = 0; i < times; i++) require('node:fs').writeSync(1 + (i % 2), part);
           return times; };`,
        { Timeout: 60 },
      );
      const answer = await undisturbed(() => invoke(name, 1_024));
      assert.equal(json(answer.Payload), 1_024, JSON.stringify(json(answer.Payload)));
    });
  });
}
