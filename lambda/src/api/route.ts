/** Where an operation lives: its method and path, and what tells it from another operation at the same place. */
export interface Route {
  method: string;
  /** AWS's own template, such as `/2015-03-31/functions/{FunctionName}/aliases/{Name}`. */
  template: string;
  /** The decoded values of the template's labels in their order; undefined when the request is for another route. */
  match(path: string, query: URLSearchParams): string[] | undefined;
}

/**
 * A route as AWS's model declares it, with the fixed query that some templates end with (`…?List=ALL`). A slash at the
 * end of a path makes no difference: older clients send one.
 */
export function route(method: string, template: string): Route {
  const [path = '', flags = ''] = template.split('?');
  const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}/?$`);
  const required = [...new URLSearchParams(flags)];
  return {
    method,
    template,
    match(sent, query) {
      const match = pattern.exec(sent);
      if (!match || !required.every(([name, value]) => query.get(name) === value)) return undefined;
      return match.slice(1).map(decoded);
    },
  };
}

interface Found<T> {
  operation: T;
  parameters: string[];
}

/** Finds what a request is for. One that asks for a fixed query goes before one that does not. */
export function router<T extends { route: Route }>(
  operations: readonly T[],
): (request: { method: string; path: string; query: URLSearchParams }) => Found<T> | undefined {
  const fixed = ({ route }: T) => Number(route.template.includes('?'));
  const ordered = Map.groupBy(
    [...operations].sort((a, b) => fixed(b) - fixed(a)),
    ({ route }) => route.method,
  );
  return ({ method, path, query }) => {
    for (const operation of ordered.get(method) ?? []) {
      const parameters = operation.route.match(path, query);
      if (parameters) return { operation, parameters };
    }
    return undefined;
  };
}

function decoded(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return label;
  }
}
