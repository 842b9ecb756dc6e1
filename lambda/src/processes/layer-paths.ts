import { familyOf } from '../catalog/runtimes.ts';

/** Where the function's code and the files of its layers are on this machine. */
interface Roots {
  taskRoot: string;
  /** Undefined when the function has no layers. */
  layersRoot: string | undefined;
}

type Variables = Record<string, string>;

/** Variables that name files of the code or of layers, alone, in lists, or as options. */
const PLACES = [
  'PATH',
  'LD_LIBRARY_PATH',
  'NODE_PATH',
  'NODE_OPTIONS',
  'PYTHONPATH',
  'AWS_LAMBDA_EXEC_WRAPPER',
  '_HANDLER',
];

/** A root where a path begins with it: at the start, or after what separates paths and options. */
const ROOT = /(?<=^|[\s:;,="'])(?:\/var\/task|\/opt)(?=\/|$|[\s:;,"'])/g;

/**
 * Where the runtime looks for modules in layers. A function's own NODE_PATH takes the place of Lambda's; in Python the
 * layers come first.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
 */
export function moduleVariables(runtime: string, own: Variables): Variables {
  const version = /^(?:nodejs|python)(\d+(?:\.\d+)?)/.exec(runtime)?.[1];
  switch (familyOf(runtime)) {
    case 'node':
      return {
        NODE_PATH: own.NODE_PATH ?? `/opt/nodejs/node${version}/node_modules:/opt/nodejs/node_modules`,
      };
    case 'python': {
      const places = [`/opt/python/lib/python${version}/site-packages`, '/opt/python', own.PYTHONPATH];
      return { PYTHONPATH: places.filter(Boolean).join(':') };
    }
    case 'custom':
      return {};
  }
}

/**
 * A process without file systems of its own has no `/var/task` and no `/opt`: where variables name a file there, they
 * get its place on this machine. What a program does with such names itself is out of reach.
 */
export function atRoots(variables: Variables, { taskRoot, layersRoot }: Roots): Variables {
  const placed = { ...variables };
  for (const name of PLACES) {
    const value = variables[name];
    if (value === undefined) continue;
    // In one pass, because the place of one may lie below the name of the other.
    placed[name] = value.replaceAll(ROOT, (root) => (root === '/opt' ? (layersRoot ?? root) : taskRoot));
  }
  return placed;
}
