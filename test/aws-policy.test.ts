import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** The action that allows an operation, where AWS calls it otherwise. */
const ACTIONS: Record<string, string> = { Invoke: 'InvokeFunction' };

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

test('the policy in the docs allows what the control room calls on AWS, and no more', () => {
  const source = read('src/engines/compute/aws.ts');
  const called = [...source.matchAll(/\b(?:new |paginate)([A-Z]\w+?)(?:Command)?\(/g)]
    .map(([, name]) => name as string)
    .filter((name) => source.includes(`${name}Command,`) || source.includes(`paginate${name},`));
  // The SDK's waiters ask for the function.
  if (/waitUntilFunction\w+V2/.test(source)) called.push('GetFunction');
  const { Statement } = JSON.parse(read('docs/how-to/aws-policy.json')) as {
    Statement: { Action: string | string[] }[];
  };
  const allowed = Statement.flatMap(({ Action }) => Action).filter((action) => action.startsWith('lambda:'));
  const needed = new Set(called.map((name) => `lambda:${ACTIONS[name] ?? name}`));
  assert.deepEqual(allowed.sort(), [...needed].sort());
  assert.ok(needed.size > 10);
});
