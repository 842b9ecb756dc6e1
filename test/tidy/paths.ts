import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Offence, root, type SourceFile } from './source.ts';

const GUIDES = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md'];
const ENDINGS = /\.(tsx?|mjs|md|json|ya?ml|css|sql|py|png)$/;

/** Every path that a guide names is there. A guide may leave out how a path begins where the text around says it. */
export const paths = {
  name: 'guides name paths that exist',
  find(files: readonly SourceFile[], exists = onDisk): Offence[] {
    const known = files.map(({ path }) => path);
    const there = (path: string) => exists(path) || known.some((each) => matches(each, path));
    return files
      .filter(({ path }) => GUIDES.includes(path))
      .flatMap(({ path: guide, text }) =>
        [...new Set(pathsIn(text))]
          .filter((path) => !there(path))
          .map((path) => ({ at: `${guide} ${path}`, says: `${guide} names ${path}, which is not there` })),
      );
  },
};

const onDisk = (path: string): boolean => existsSync(join(root, path));

/** Paths in backticks and targets of links, `{a,b}` expanded. Not addresses, commands, or `x.ts` for any name. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] as string);
  const linked = [...text.matchAll(/\]\(([^)#\s]+)/g)].map((match) => match[1] as string);
  return [...quoted, ...linked]
    .flatMap(written)
    .filter((word) => !/^[/@$-]|[<>:=…|]|(^|\/)x\./.test(word))
    .filter((word) => ENDINGS.test(word) || /^[\w.-]+\/([\w.*-]+\/)*[\w.*-]*$/.test(word));
}

function written(word: string): string[] {
  const braces = /^(.*)\{([^}]*)\}(.*)$/.exec(word);
  if (!braces) return [word];
  const [, before = '', among = '', behind = ''] = braces;
  return among.split(',').flatMap((each) => written(before + each + behind));
}

/** Whether a file's path, or one of the folders in it, ends in what is written; stars stand for any name. */
function matches(path: string, written: string): boolean {
  const escaped = written.replace(/\/$/, '').replace(/[.+]/g, '\\$&');
  const pattern = escaped.replaceAll('**', '.+').replaceAll('*', '[^/]*');
  return new RegExp(`(^|/)${pattern}(/|$)`).test(path);
}
