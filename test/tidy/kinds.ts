import { METRIC_KINDS } from '../../src/metrics/kinds.ts';
import { TREATMENT_KINDS } from '../../src/treatments/kinds.ts';
import {
  isScript,
  isTest,
  type Node,
  type Offence,
  type SourceFile,
  treeOf,
  walk,
  wordOf,
} from './source.ts';

const COMPARISONS = ['===', '!==', '==', '!='];

/** The names of every kind of treatment and of metric. */
export const KIND_NAMES: readonly string[] = [...TREATMENT_KINDS, ...METRIC_KINDS].map(({ key }) => key);

/** What differs between kinds is in the object of each: nothing else asks which kind it has. */
export function kinds(names: readonly string[]) {
  return {
    name: 'no question for a kind of treatment or metric outside its own files',
    find(files: readonly SourceFile[]): Offence[] {
      return files
        .filter(
          (file) => /^(src|web\/src|bench|examples)\//.test(file.path) && isScript(file) && !isTest(file),
        )
        .flatMap((file) => {
          const offences: Offence[] = [];
          walk(treeOf(file), (node) => {
            for (const name of askedFor(node)) {
              if (!names.includes(name) || isOwn(file.path, name)) continue;
              offences.push({
                at: `${file.path} ${name}`,
                says: `${file.path} asks whether a kind is "${name}"`,
              });
            }
          });
          return offences;
        });
    },
  };
}

function askedFor(node: Node): string[] {
  if (node.type === 'SwitchCase') return textsOf(node.test);
  if (node.type === 'BinaryExpression' && COMPARISONS.includes(String(node.operator))) {
    return [...textsOf(node.left), ...textsOf(node.right)];
  }
  return [];
}

function textsOf(node: unknown): string[] {
  const isText = (node as Node | null)?.type === 'Literal' && typeof (node as Node).value === 'string';
  return isText ? [wordOf(node) as string] : [];
}

/** `src/metrics/kinds/<name>.ts`, or anything below a folder of the plural: `src/treatments/faults/`. */
function isOwn(path: string, name: string): boolean {
  return path.includes(`/${name}.`) || path.includes(`/${name}s/`);
}
