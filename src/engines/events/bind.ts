/**
 * Binds parameters of plain types as literals in the SQL. The engine can bind every type itself, but runs only one
 * parameterised query at a time per process. Integers and strings, which are nearly all parameters, need not wait.
 */
export interface BoundSql {
  sql: string;
  /** Parameters left for the engine to bind. */
  parameters: Record<string, string>;
}

/** A quoted string, a comment, or a `{name:Type}` outside both. */
const TOKENS =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`|--[^\n]*|\/\*[\s\S]*?\*\/|\{\s*(\w+)\s*:\s*([^{}]+?)\s*\}/g;
/**
 * Tab-separated text has the escapes of a string literal. With every quote and line end escaped it is a valid literal.
 */
const ESCAPED = /^(?:[^\\'\n\r\0]|\\[\\'nrtbf0])*$/;
const WHOLE = /^U?Int(8|16|32)$/;

/** Takes wire values, escaped as in tab-separated text. A value that does not fit its type is left to the engine. */
export function bindLiterals(sql: string, parameters: Record<string, string>): BoundSql {
  const left: Record<string, string> = {};
  const bound = sql.replaceAll(TOKENS, (token: string, name?: string, type?: string) => {
    if (name === undefined || type === undefined) return token;
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) return token;
    const literal = literalOf(type, value);
    if (literal === undefined) left[name] = value;
    return literal ?? token;
  });
  return { sql: bound, parameters: left };
}

function literalOf(type: string, value: string): string | undefined {
  // The cast keeps the parameter's type for arithmetic and overloads.
  if (WHOLE.test(type)) return /^-?\d{1,10}$/.test(value) ? `CAST(${value}, '${type}')` : undefined;
  return type === 'String' && ESCAPED.test(value) ? `'${value}'` : undefined;
}
