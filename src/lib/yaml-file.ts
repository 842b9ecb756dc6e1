import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { parseDuration } from './duration.ts';

const MAX_FILE_CHARACTERS = 64 * 1024;
/** A known key at most this many edits away is suggested for an unknown one. */
const MAX_TYPO_EDITS = 2;

/** Makes an error from its detail: one line, `line:column path: what is wrong, what to do`. */
export type Refuse = (detail: string) => Error;

/** Parses a YAML file of at most 64 Ki characters. Throws the errors that `refuse` makes, here and in every field. */
export function readYaml(text: string, refuse: Refuse): Field {
  if (text.length > MAX_FILE_CHARACTERS) {
    throw refuse(`1:1 the file has ${text.length} characters: at most ${MAX_FILE_CHARACTERS} are read`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const what = error.message.split('\n', 1)[0];
    throw refuse(`${line}:${col} this is not YAML (${what}): correct the line`);
  }
  return new Field({ document, lines, refuse }, document.contents, '', 0);
}

interface Source {
  document: Document;
  lines: LineCounter;
  refuse: Refuse;
}

/** One value of the file. It knows its position, so that every error is one line with position and path. */
export class Field {
  #source: Source;
  #node: Node | null;
  #offset: number;
  readonly path: string;

  constructor(source: Source, node: Node | null | undefined, path: string, offset: number) {
    this.#source = source;
    this.#node = (isAlias(node) ? node.resolve(source.document) : node) ?? null;
    this.#offset = node?.range?.[0] ?? offset;
    this.path = path;
  }

  /** Throws `message` after position and path. The message says what is wrong and what to do. */
  fail(message: string, refuse: Refuse = this.#source.refuse): never {
    const { line, col } = this.#source.lines.linePos(this.#offset);
    throw refuse(`${line}:${col} ${this.path === '' ? 'the file' : this.path}: ${message}`);
  }

  /** The fields of a mapping. Rejects unknown keys and suggests the nearest known one. */
  fields(known: readonly string[]): Fields {
    if (!isMap(this.#node))
      this.fail(`must be a mapping with ${known.slice(0, 4).join(', ')}${known.length > 4 ? ', …' : ''}`);
    const found = new Map<string, Field>();
    for (const pair of this.#node.items) {
      const key = pair.key as Node;
      const name = isScalar(key) ? String(key.value) : '';
      const path = this.path === '' ? name : `${this.path}.${name}`;
      const offset = key.range?.[0] ?? this.#offset;
      if (!known.includes(name)) new Field(this.#source, key, path, offset).fail(unknownKey(name, known));
      found.set(name, new Field(this.#source, pair.value as Node | null, path, offset));
    }
    return new Fields(this, found);
  }

  /** One field of a mapping with any other fields; undefined if this is not a mapping or the field is absent. */
  peek(name: string): Field | undefined {
    if (!isMap(this.#node)) return undefined;
    const pair = this.#node.items.find(({ key }) => isScalar(key) && key.value === name);
    return pair && new Field(this.#source, pair.value as Node | null, `${this.path}.${name}`, this.#offset);
  }

  list(): Field[] {
    if (!isSeq(this.#node)) this.fail('must be a list');
    return this.#node.items.map(
      (item, i) => new Field(this.#source, item as Node, `${this.path}[${i}]`, this.#offset),
    );
  }

  /** Whether the value is absent, null, false, or an empty list or mapping. */
  isEmpty(): boolean {
    const node = this.#node;
    if (isSeq(node) || isMap(node)) return node.items.length === 0;
    return node === null || (isScalar(node) && (node.value === null || node.value === false));
  }

  scalar(): unknown {
    return isScalar(this.#node) ? this.#node.value : undefined;
  }

  /** A string of 1 to `maxLength` characters. */
  text(maxLength: number): string {
    const value = this.scalar();
    if (typeof value !== 'string' || value.trim() === '') this.fail('must be a non-empty string');
    if (value.length > maxLength)
      this.fail(`has ${value.length} characters: at most ${maxLength} are allowed`);
    return value;
  }

  /** A string that matches `pattern`; `expected` describes it in the error. */
  matching(pattern: RegExp, expected: string): string {
    const value = this.scalar();
    if (typeof value !== 'string' || !pattern.test(value)) this.fail(`must be ${expected}`);
    return value;
  }

  number(): number {
    const value = this.scalar();
    if (typeof value !== 'number' || !Number.isFinite(value)) this.fail('must be a number');
    return value;
  }

  truth(): boolean {
    const value = this.scalar();
    if (typeof value !== 'boolean') this.fail('must be true or false');
    return value;
  }

  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const value = this.scalar();
    const choice = choices.find((each) => each === value);
    if (choice === undefined) this.fail(`must be one of ${choices.join(', ')}`);
    return choice;
  }

  /** "20%" or 0.2 as 0.2. */
  fraction(example: string): number {
    const value = this.scalar();
    const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?) ?%$/.exec(value.trim()) : null;
    const fraction = percent ? Number(percent[1]) / 100 : value;
    if (typeof fraction !== 'number' || !Number.isFinite(fraction))
      this.fail(`must be a share like ${example}`);
    return fraction;
  }

  /** "20s" in milliseconds, within bounds. */
  durationMs(minMs: number, maxMs: number, bounds: string): number {
    const value = this.scalar();
    const durationMs = typeof value === 'string' ? parseDuration(value) : undefined;
    if (durationMs === undefined) this.fail('must be a duration like 500ms, 20s, 3m or 1h');
    if (durationMs < minMs || durationMs > maxMs) this.fail(`must be ${bounds}`);
    return durationMs;
  }
}

/** The fields of one mapping. */
export class Fields {
  readonly all: Field;
  #found: Map<string, Field>;

  constructor(all: Field, found: Map<string, Field>) {
    this.all = all;
    this.#found = found;
  }

  get(name: string): Field | undefined {
    return this.#found.get(name);
  }

  need(name: string, example: string): Field {
    return this.#found.get(name) ?? this.all.fail(`"${name}" is missing: add ${name}: ${example}`);
  }
}

function unknownKey(name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((key) => ({ key, edits: editsBetween(name, key) }))
    .filter(({ edits }) => edits <= MAX_TYPO_EDITS)
    .sort((a, b) => a.edits - b.edits);
  return nearest
    ? `unknown key: did you mean "${nearest.key}"?`
    : `unknown key: the known keys are ${known.join(', ')}`;
}

/** Levenshtein distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
