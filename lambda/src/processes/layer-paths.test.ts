import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atRoots, moduleVariables } from './layer-paths.ts';

const roots = { taskRoot: '/data/code/1', layersRoot: '/data/code/2' };

test('variables that name files of the code or of layers get their places', () => {
  const cases: [name: string, value: string, placed: string][] = [
    ['PATH', '/usr/bin:/opt/bin', '/usr/bin:/data/code/2/bin'],
    ['LD_LIBRARY_PATH', '/var/task/lib:/opt/lib', '/data/code/1/lib:/data/code/2/lib'],
    ['AWS_LAMBDA_EXEC_WRAPPER', '/opt/wrap', '/data/code/2/wrap'],
    ['AWS_LAMBDA_EXEC_WRAPPER', '/var/task/wrap', '/data/code/1/wrap'],
    [
      'NODE_OPTIONS',
      '--require /opt/a.js --import=/opt/b.mjs',
      '--require /data/code/2/a.js --import=/data/code/2/b.mjs',
    ],
    ['NODE_PATH', '/opt', '/data/code/2'],
    ['_HANDLER', '/opt/index.handler', '/data/code/2/index.handler'],
  ];
  for (const [name, value, placed] of cases) {
    assert.deepEqual(atRoots({ [name]: value }, roots), { [name]: placed });
  }
});

test('a data directory below /opt does no harm', () => {
  const below = { taskRoot: '/opt/upstack/1', layersRoot: '/opt/upstack/2' };
  const placed = atRoots({ LD_LIBRARY_PATH: '/var/task/lib:/opt/lib' }, below);
  assert.deepEqual(placed, { LD_LIBRARY_PATH: '/opt/upstack/1/lib:/opt/upstack/2/lib' });
});

test('other directories, other variables, and functions without layers stay as they are', () => {
  for (const value of ['/optional/bin', '/usr/opt/bin', '/home/opt', 'opt/bin', '/var/tasks']) {
    assert.deepEqual(atRoots({ PATH: value }, roots), { PATH: value });
  }
  assert.deepEqual(atRoots({ COLOUR: '/opt/green' }, roots), { COLOUR: '/opt/green' });
  assert.deepEqual(atRoots({ PATH: '/opt/bin' }, { ...roots, layersRoot: undefined }), { PATH: '/opt/bin' });
});

test('modules are looked for where the runtime of the function has them', () => {
  assert.deepEqual(moduleVariables('nodejs24.x', {}), {
    NODE_PATH: '/opt/nodejs/node24/node_modules:/opt/nodejs/node_modules',
  });
  assert.deepEqual(moduleVariables('nodejs24.x', { NODE_PATH: '/opt/own' }), { NODE_PATH: '/opt/own' });
  assert.deepEqual(moduleVariables('python3.12', { PYTHONPATH: '/var/task/more' }), {
    PYTHONPATH: '/opt/python/lib/python3.12/site-packages:/opt/python:/var/task/more',
  });
  assert.deepEqual(moduleVariables('provided.al2023', {}), {});
});
