import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../../errors.ts';
import type { Logging } from '../records.ts';
import { loggingConfiguration, loggingFrom, USUAL_LOGGING } from './logging.ts';

const JSON_INFO: Logging = { format: 'JSON', applicationLevel: 'INFO', systemLevel: 'INFO' };

test('what is not said stays as it was; levels are INFO in JSON and not there in text', () => {
  assert.deepEqual(loggingFrom(undefined, JSON_INFO), JSON_INFO);
  assert.deepEqual(loggingFrom({ LogFormat: 'JSON' }, USUAL_LOGGING), JSON_INFO);
  const warned = loggingFrom({ ApplicationLogLevel: 'WARN' }, JSON_INFO);
  assert.deepEqual(warned, { ...JSON_INFO, applicationLevel: 'WARN' });
  assert.deepEqual(loggingFrom({ SystemLogLevel: 'DEBUG' }, warned), { ...warned, systemLevel: 'DEBUG' });
  const grouped = loggingFrom({ LogGroup: '/shop' }, warned);
  assert.deepEqual(loggingFrom({ LogFormat: 'Text' }, grouped), { format: 'Text', group: '/shop' });
});

test('it is shown with the log group of the function', () => {
  assert.deepEqual(loggingConfiguration('cart', USUAL_LOGGING), {
    LogFormat: 'Text',
    LogGroup: '/aws/lambda/cart',
  });
  assert.deepEqual(loggingConfiguration('cart', { ...JSON_INFO, group: '/shop' }), {
    LogFormat: 'JSON',
    ApplicationLogLevel: 'INFO',
    SystemLogLevel: 'INFO',
    LogGroup: '/shop',
  });
});

test('levels in text, unknown words and log groups with other characters are refused', () => {
  const refused: [unknown, RegExp][] = [
    ['Text', /LoggingConfig must be an object/],
    [{ LogFormat: 'XML' }, /'loggingConfig.logFormat' .*\[Text, JSON\]/],
    [{ LogFormat: 'JSON', SystemLogLevel: 'ERROR' }, /\[DEBUG, INFO, WARN\]/],
    [{ LogFormat: 'JSON', ApplicationLogLevel: 'info' }, /\[TRACE, DEBUG, INFO, WARN, ERROR, FATAL\]/],
    [{ ApplicationLogLevel: 'INFO' }, /can only be set when LogFormat is set to JSON/],
    [{ LogFormat: 'Text', SystemLogLevel: 'INFO' }, /can only be set when LogFormat is set to JSON/],
    [{ LogGroup: 'with space' }, /'loggingConfig.logGroup'/],
    [{ LogGroup: 'x'.repeat(513) }, /less than or equal to 512/],
  ];
  for (const [value, message] of refused) {
    assert.throws(
      () => loggingFrom(value, USUAL_LOGGING),
      (error) =>
        error instanceof LambdaError &&
        error.type === 'InvalidParameterValueException' &&
        message.test(error.message),
      JSON.stringify(value),
    );
  }
});
