import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerNameOf, layerVersionOf } from './layer-names.ts';

const account = { region: 'eu-west-1', accountId: '000000000000' };
const ARN = 'arn:aws:lambda:eu-west-1:000000000000:layer:tools';
const refusal = (message: RegExp) => ({ type: 'InvalidParameterValueException', message });

test('a layer is named by its name or its ARN', () => {
  assert.equal(layerNameOf(account, 'tools'), 'tools');
  assert.equal(layerNameOf(account, ARN), 'tools');
  for (const wrong of ['', 'no name', `${ARN}:1`, 'x'.repeat(141), '../tools']) {
    assert.throws(() => layerNameOf(account, wrong), refusal(/'layerName'/));
  }
});

test('a version is named by its ARN', () => {
  assert.deepEqual(layerVersionOf(account, `${ARN}:12`, 'arn'), { name: 'tools', version: 12 });
  for (const wrong of [ARN, `${ARN}:latest`, 'tools:1', null, 7]) {
    assert.throws(() => layerVersionOf(account, wrong, 'arn'), refusal(/'arn'/));
  }
});

test('layers of another account or region are refused by what is wrong with them', () => {
  const foreign = `${ARN.replace('000000000000', '094274105915')}:1`;
  assert.throws(() => layerVersionOf(account, foreign, 'layers'), refusal(/belongs to another account/));
  const elsewhere = `${ARN.replace('eu-west-1', 'us-east-1')}:1`;
  assert.throws(
    () => layerVersionOf(account, elsewhere, 'layers'),
    refusal(/expected to be in region eu-west-1/),
  );
});
