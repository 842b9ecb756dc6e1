/** Where an operation is served over HTTP. Plain values and pure functions: the dashboard and the CLI import them too. */

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Method and path; `:name` in the path is a field of the input. */
export type Route = `${Method} /api/${string}`;

/** The routes of a module's operations, by the names of the operations. */
export type Routes = Readonly<Record<string, Route>>;

export interface RouteParts {
  method: Method;
  /** With its parameters: `/api/findings/:findingId`. */
  path: string;
  parameters: string[];
  /** Where the rest of the input goes: into the JSON body, or into the query. */
  hasBody: boolean;
}

/** A request as a client sends it: the path with its query, and the JSON body. */
export interface RouteRequest {
  method: Method;
  path: string;
  body?: Record<string, unknown>;
}

const PARAMETER = /:(\w+)/g;

export function partsOf(route: Route): RouteParts {
  const space = route.indexOf(' ');
  const method = route.slice(0, space) as Method;
  const path = route.slice(space + 1);
  const parameters = [...path.matchAll(PARAMETER)].map((match) => match[1] as string);
  return { method, path, parameters, hasBody: method === 'POST' || method === 'PUT' };
}

/** The request that carries an input to a route. Fields that are undefined are left out. */
export function requestOf(route: Route, input: Readonly<Record<string, unknown>>): RouteRequest {
  const { method, path, parameters, hasBody } = partsOf(route);
  const filled = path.replace(PARAMETER, (_, name: string) => encodeURIComponent(String(input[name])));
  const rest = Object.entries(input).filter(
    ([name, value]) => value !== undefined && !parameters.includes(name),
  );
  if (hasBody) return { method, path: filled, body: Object.fromEntries(rest) };
  const pairs = rest.flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]));
  const query = new URLSearchParams(pairs).toString();
  return { method, path: query === '' ? filled : `${filled}?${query}` };
}
