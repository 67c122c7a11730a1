/**
 * YAML of which only lists, maps and texts are taken. Whatever one reader understands and another
 * reads differently is refused: anchors, aliases, tags, merge keys, directives.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
} from 'yaml';
import type { Problem, ProblemCode } from './problem.ts';
import type { Where } from './records.ts';

/** A value with its place; `isPlain` of a text that stands there without quotes. */
export type Located =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly isPlain: boolean;
      readonly offset: number;
    }
  | { readonly kind: 'list'; readonly items: readonly Located[]; readonly offset: number }
  | { readonly kind: 'map'; readonly entries: readonly Entry[]; readonly offset: number };

export type Entry = { readonly key: Located; readonly value: Located };

/** Deeper than any record is. */
const DEPTH_MAX = 32;

/** Mistakes of one file that are told. */
const ERRORS_MAX = 20;

/** A file that is read, with what is wrong in it. */
export class YamlFile {
  readonly file: string;
  private readonly lines = new LineCounter();
  private readonly problems: Problem[];

  constructor(file: string, problems: Problem[]) {
    this.file = file;
    this.problems = problems;
  }

  at(offset: number): Where {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  refuse(code: ProblemCode, offset: number, detail: string): void {
    this.problems.push({ ...this.at(offset), code, detail });
  }

  /** The file's one document, or null where nothing can be made of it. */
  parse(text: string): Located | null {
    const found = this.problems.length;
    const document = parseDocument(text, {
      ...{ schema: 'failsafe', lineCounter: this.lines, prettyErrors: false },
      // Would compare each key with each other one; `MapReader` does it with a set.
      uniqueKeys: false,
      // Any less, and a second document in the file is passed over in silence.
      logLevel: 'warn',
    });
    // The first ones tell; those after them often come of the same mistake.
    const wrong = [...document.errors, ...document.warnings].slice(0, ERRORS_MAX);
    for (const { code, message, pos } of wrong) {
      const isDeep = code === 'RESOURCE_EXHAUSTION';
      this.refuse(isDeep ? 'too_deep' : 'yaml_syntax', pos[0], message);
    }
    const { yaml, tags } = document.directives ?? {};
    if (yaml?.explicit === true || Object.keys(tags ?? {}).some((tag) => tag !== '!!')) {
      this.refuse('yaml_feature', 0, 'directives are not taken');
    }
    if (this.problems.length > found) return null;
    const located = this.locate(document.contents, 0, 0);
    return this.problems.length > found ? null : located;
  }

  private locate(node: unknown, offset: number, depth: number): Located | null {
    if (depth > DEPTH_MAX) {
      this.refuse('too_deep', offset, `nested deeper than ${DEPTH_MAX} levels`);
      return null;
    }
    const at = (node as Node | null)?.range?.[0] ?? offset;
    if (isAlias(node)) {
      this.refuse('yaml_feature', at, 'aliases are not taken: write the value out');
      return null;
    }
    this.refuseMarks(node, at);
    if (isScalar(node)) {
      const isPlain = node.type === Scalar.PLAIN;
      return { kind: 'text', text: String(node.value), isPlain, offset: at };
    }
    if (isSeq(node)) {
      const items = node.items.flatMap((item) => this.locate(item, at, depth + 1) ?? []);
      return { kind: 'list', items, offset: at };
    }
    if (!isMap(node)) return { kind: 'text', text: '', isPlain: true, offset: at };
    const entries = node.items.flatMap((pair) => {
      const key = this.locate(pair.key, at, depth + 1);
      const value = this.locate(pair.value, key?.offset ?? at, depth + 1);
      return key && value ? [{ key, value }] : [];
    });
    return { kind: 'map', entries, offset: at };
  }

  private refuseMarks(node: unknown, at: number): void {
    const { anchor, tag } = (node ?? {}) as { anchor?: string; tag?: string };
    if (anchor !== undefined) this.refuse('yaml_feature', at, 'anchors are not taken');
    if (tag !== undefined) this.refuse('yaml_feature', at, 'tags are not taken');
  }
}
