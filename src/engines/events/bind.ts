/**
 * Puts parameters of plain types into the SQL as literals. The engine can bind every type itself, but only one
 * parameterised query at a time in the whole process; whole numbers and strings, nearly all there are, need no turn.
 */
export interface BoundSql {
  sql: string;
  /** Those that the engine must bind. */
  parameters: Record<string, string>;
}

/** A quoted text, a comment, or a `{name:Type}` outside of both. */
const TOKENS =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`|--[^\n]*|\/\*[\s\S]*?\*\/|\{\s*(\w+)\s*:\s*([^{}]+?)\s*\}/g;
/** Tab-separated escapes are those of a string literal; with every quote and line end escaped it is one already. */
const ESCAPED = /^(?:[^\\'\n\r\0]|\\[\\'nrtbf0])*$/;
const WHOLE = /^U?Int(8|16|32)$/;

/** Wire values are escaped as in tab-separated text; a value that its type does not fit is left to the engine. */
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
  // With its type, so that arithmetic and overloads see what the parameter says.
  if (WHOLE.test(type)) return /^-?\d{1,10}$/.test(value) ? `CAST(${value}, '${type}')` : undefined;
  return type === 'String' && ESCAPED.test(value) ? `'${value}'` : undefined;
}
