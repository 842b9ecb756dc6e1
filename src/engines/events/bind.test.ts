import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindLiterals } from './bind.ts';

test('integers and strings become literals of their type', () => {
  assert.deepEqual(
    bindLiterals('SELECT {a:UInt32} + { b : Int8 }, {s:String}', { a: '7', b: '-1', s: 'x' }),
    {
      sql: "SELECT CAST(7, 'UInt32') + CAST(-1, 'Int8'), 'x'",
      parameters: {},
    },
  );
});

test('other types, and values that do not fit, are left to the engine', () => {
  const parameters = { a: '7; DROP', b: '\\N', c: "['x']", d: '1.5', e: 'x\\', unused: 'u' };
  const sql = 'SELECT {a:UInt32}, {b:String}, {c:Array(String)}, {d:Float64}, {e:String}, {missing:String}';
  const { unused: _, ...used } = parameters;
  assert.deepEqual(bindLiterals(sql, parameters), { sql, parameters: used });
});

test('a string becomes a literal only if it is fully escaped', () => {
  for (const wire of ["a\\'b", 'a\\\\', 'line\\nbreak', 'tab\tinside', '', 'ünïcode ✓', '{a:UInt32} -- $&']) {
    assert.deepEqual(bindLiterals('SELECT {s:String}', { s: wire }), {
      sql: `SELECT '${wire}'`,
      parameters: {},
    });
  }
  for (const wire of ["a'b", "a\\\\'b", 'a\\', 'line\nbreak', '\\N', '\\x41']) {
    const sql = 'SELECT {s:String}';
    assert.deepEqual(bindLiterals(sql, { s: wire }), { sql, parameters: { s: wire } });
  }
});

test('quoted strings and comments are not changed', () => {
  const sql = `SELECT '{a:UInt32} \\' {a:UInt32}', "{a:UInt32}", \`{a:UInt32}\` -- {a:UInt32}
    /* {a:UInt32} */ FROM t`;
  assert.equal(bindLiterals(sql, { a: '1' }).sql, sql);
});
