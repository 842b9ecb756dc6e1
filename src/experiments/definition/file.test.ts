import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../lib/problem.ts';
import { parseExperiment } from './file.ts';

const VALID = `version: 1.0.0
title: Slow recommendations do not cost orders
description: The page must not wait for them.
tags: [shop, latency]
steady-state-hypothesis:
  title: People complete as many orders as without
  probes: []
method: []
rollbacks: []
extensions:
  - name: someone-else
    whatever: {they: like}
  - name: upstack
    experiment: slow-recommendations
    target: {function: shop-recommendations}
    treatment:
      fault: {kind: latency, ms: 800}
    slice: {unit: session, share: 50%}
    goal: {metric: conversion, event: "Order Completed", within: 20s, margin: 20%}
    guardrails:
      - {metric: error-rate}
      - metric: error-rate
        function: shop-checkout
        critical: true
    maxDuration: 3m
    alpha: 0.05
`;

test('a complete file becomes an experiment', () => {
  assert.deepEqual(parseExperiment(VALID), {
    name: 'slow-recommendations',
    title: 'Slow recommendations do not cost orders',
    hypothesis: 'People complete as many orders as without',
    description: 'The page must not wait for them.',
    tags: ['shop', 'latency'],
    function: 'shop-recommendations',
    treatment: { kind: 'fault', fault: { kind: 'latency', ms: 800 } },
    slice: { unit: 'session', share: 0.5 },
    goal: { metric: { kind: 'conversion', event: 'Order Completed', withinMs: 20_000 }, margin: 0.8 },
    guardrails: [
      { metric: { kind: 'error-rate' }, critical: false },
      { metric: { kind: 'error-rate', function: 'shop-checkout' }, critical: true },
    ],
    maxDurationMs: 180_000,
    alpha: 0.05,
  });
});

test('what is optional may be left out, and JSON is YAML', () => {
  const minimal = {
    title: 't',
    'steady-state-hypothesis': { title: 'h' },
    method: [],
    extensions: [
      {
        name: 'upstack',
        experiment: 'e',
        target: { function: 'f' },
        treatment: { fault: { kind: 'error', status: 503, dependency: 'bank.example.com' } },
        slice: { unit: 'person', share: 0.1 },
        goal: { metric: 'error-rate', margin: 0.5 },
        maxDuration: '90s',
      },
    ],
  };
  const experiment = parseExperiment(JSON.stringify(minimal));
  assert.deepEqual(experiment.goal, { metric: { kind: 'error-rate' }, margin: 1.5 });
  assert.deepEqual(experiment.treatment, {
    kind: 'fault',
    fault: {
      kind: 'error',
      message: 'injected by Upstack',
      status: 503,
      dependency: 'bank.example.com',
    },
  });
  assert.deepEqual([experiment.alpha, experiment.guardrails, experiment.slice.share], [0.05, [], 0.1]);
});

/** What is changed in the valid file, and the one line that it must give. */
const BAD: [string, string, string, string][] = [
  [
    'title: Slow recommendations do not cost orders',
    'title: [',
    'invalid-file',
    '3:1 this is not YAML (Flow sequence in block collection must be sufficiently indented and end with a ]): correct the line',
  ],
  [
    'title: Slow recommendations do not cost orders',
    'title: ""',
    'invalid-file',
    '2:8 title: must be a non-empty string',
  ],
  ['method: []\n', '', 'invalid-file', '1:1 the file: "method" is missing: add method: []'],
  ['rollbacks: []', 'rollback: []', 'invalid-file', '9:1 rollback: unknown key: did you mean "rollbacks"?'],
  [
    'rollbacks: []',
    'zebra: 1',
    'invalid-file',
    '9:1 zebra: unknown key: the known keys are version, title, description, tags, steady-state-hypothesis, method, rollbacks, extensions, configuration, secrets, contributions, controls, runtime, dry',
  ],
  [
    '  title: People complete as many orders as without\n',
    '',
    'invalid-file',
    '6:3 steady-state-hypothesis: "title" is missing: add title: what stays true while the treatment is on',
  ],
  [
    'steady-state-hypothesis:\n  title: People complete as many orders as without\n  probes: []\n',
    '',
    'invalid-file',
    '1:1 the file: "steady-state-hypothesis" is missing: add steady-state-hypothesis: {title: what stays true, probes: []}',
  ],
  [
    'probes: []',
    'probes: [{type: probe}]',
    'not-supported',
    '7:11 steady-state-hypothesis.probes: not supported yet: leave it empty and say what is done under extensions, treatment',
  ],
  [
    'method: []',
    'method: [{type: action}]',
    'not-supported',
    '8:9 method: not supported yet: leave it empty and say what is done under extensions, treatment',
  ],
  [
    'rollbacks: []',
    'controls: [{name: x}]',
    'not-supported',
    '9:11 controls: not supported yet: leave it empty and say what is done under extensions, treatment',
  ],
  [
    'name: upstack',
    'name: upstuck',
    'invalid-file',
    '11:3 extensions: there is no extension with name: upstack: add one with target, treatment, slice and goal',
  ],
  [
    'slice: {unit: session, share: 50%}',
    'slise: {unit: session, share: 50%}',
    'invalid-file',
    '18:5 extensions[1].slise: unknown key: did you mean "slice"?',
  ],
  [
    'share: 50%',
    'share: 150%',
    'invalid-file',
    "18:35 extensions[1].slice.share: is over 100 %: give the treatment's part of all units, for example 50%",
  ],
  [
    'share: 50%',
    'share: 50',
    'invalid-file',
    "18:35 extensions[1].slice.share: is over 100 %: give the treatment's part of all units, for example 50%",
  ],
  [
    'share: 50%',
    'share: 100%',
    'invalid-file',
    '18:35 extensions[1].slice.share: must be from 0.1% to 99%: both arms need units',
  ],
  ['share: 50%', 'share: half', 'invalid-file', '18:35 extensions[1].slice.share: must be a share like 50%'],
  [
    'unit: session',
    'unit: visit',
    'invalid-file',
    '18:19 extensions[1].slice.unit: must be one of person, session, request',
  ],
  [
    'metric: conversion',
    'metric: conversions',
    'unknown-metric',
    '19:20 extensions[1].goal.metric: unknown metric "conversions": use one of conversion, error-rate',
  ],
  [
    'metric: conversion, ',
    '',
    'invalid-file',
    '19:11 extensions[1].goal: "metric" is missing: add metric: one of conversion, error-rate',
  ],
  [
    'within: 20s',
    'within: 20 seconds',
    'invalid-file',
    '19:66 extensions[1].goal.within: must be a duration like 500ms, 20s, 3m or 1h',
  ],
  [
    'within: 20s',
    'within: 3m',
    'invalid-file',
    '19:66 extensions[1].goal.within: is not shorter than maxDuration, so no unit would ever be judged: shorten it',
  ],
  [
    'event: "Order Completed", ',
    '',
    'invalid-file',
    '19:11 extensions[1].goal: "event" is missing: add event: "Order Completed"',
  ],
  [
    'margin: 20%',
    'margin: 100%',
    'invalid-file',
    '19:79 extensions[1].goal.margin: must be above 0% and below 100%: how much worse is still acceptable',
  ],
  [
    '- {metric: error-rate}',
    '- {metric: error-rate, function: shop-checkout}',
    'invalid-file',
    '22:9 extensions[1].guardrails[1]: error-rate shop-checkout is a guardrail already: remove one of the two',
  ],
  [
    'critical: true',
    'critical: very',
    'invalid-file',
    '24:19 extensions[1].guardrails[1].critical: must be true or false',
  ],
  [
    'kind: latency, ms: 800',
    'kind: latency',
    'invalid-file',
    '17:14 extensions[1].treatment.fault: "ms" is missing: must be a whole number of milliseconds from 1 to 900000, for example 800',
  ],
  [
    'kind: latency, ms: 800',
    'kind: latency, ms: -1',
    'invalid-file',
    '17:34 extensions[1].treatment.fault.ms: must be a whole number of milliseconds from 1 to 900000, for example 800',
  ],
  [
    'kind: latency, ms: 800',
    'kind: explosion',
    'invalid-file',
    '17:21 extensions[1].treatment.fault.kind: must be one of latency, error',
  ],
  [
    'kind: latency, ms: 800',
    'kind: error, status: 200',
    'invalid-file',
    '17:36 extensions[1].treatment.fault.status: must be an HTTP status from 400 to 599, for example 503',
  ],
  [
    'function: shop-recommendations',
    'function: shop recommendations',
    'invalid-file',
    '15:24 extensions[1].target.function: must be the name of a function: letters, digits, - and _, at most 64',
  ],
  [
    'experiment: slow-recommendations',
    'experiment: Slow!',
    'invalid-file',
    '14:17 extensions[1].experiment: must be a short name of lower-case letters, digits and -, at most 64 characters',
  ],
  [
    'maxDuration: 3m',
    'maxDuration: 1s',
    'invalid-file',
    '25:18 extensions[1].maxDuration: must be from 5s to 24h',
  ],
  [
    'alpha: 0.05',
    'alpha: 0.5',
    'invalid-file',
    '26:12 extensions[1].alpha: must be from 0.0001 to 0.2, for example 0.05',
  ],
];

for (const [from, to, reason, message] of BAD) {
  test(`${message.slice(0, 90)}`, () => {
    assert.ok(VALID.includes(from), `the valid file has no ${from}`);
    assert.throws(
      () => parseExperiment(VALID.replace(from, to)),
      (error) => {
        assert.ok(error instanceof Problem, String(error));
        assert.equal(error.message, message);
        assert.equal(error.code, `experiments.${reason}`);
        assert.equal(error.status, 400);
        return true;
      },
    );
  });
}

test('what is no experiment at all is one line too', () => {
  const table: [string, RegExp][] = [
    ['', /^1:1 the file: must be a mapping with version, title, description, tags, …$/],
    ['[]', /^1:1 the file: must be a mapping/],
    ['title: a\ntitle: b\n', /^2:1 this is not YAML \(Map keys must be unique\): correct the line$/],
    ['a: &x [*x]', /^1:1 a: unknown key/],
    ['x'.repeat(70_000), /^1:1 the file has 70000 characters: at most 65536 are read$/],
  ];
  for (const [source, message] of table) {
    assert.throws(
      () => parseExperiment(source),
      (error) => error instanceof Problem && message.test(error.message) && !error.message.includes('\n'),
    );
  }
});

test('any text gives an experiment or one line, never another error', () => {
  const pieces = VALID.split('\n');
  for (let cut = 0; cut < pieces.length; cut++) {
    for (const source of [
      pieces.slice(0, cut).join('\n'),
      pieces.filter((_, i) => i !== cut).join('\n'),
      VALID.slice(0, cut * 37),
    ]) {
      try {
        parseExperiment(source);
      } catch (error) {
        assert.ok(error instanceof Problem, `${String(error)} for:\n${source}`);
        assert.match(error.message, /^\d+:\d+ .+: .+$/);
      }
    }
  }
});
