/**
 * The first fence before raw SQL: PostgreSQL's own grammar reads the statement, and only a query
 * made of what `allowed-nodes` and `allowed-names` list goes on. Nothing is looked for that would
 * be dangerous: what is not known to be harmless is refused.
 */
import { loadModule, parseSync, scanSync } from 'libpg-query';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { ALLOWED_FUNCTIONS, ALLOWED_OPERATORS, ALLOWED_TYPES } from './allowed-names.ts';
import { ALLOWED_NODES, type Under } from './allowed-nodes.ts';

/** A report that passed: its own text, and the relations it names, without its own `with` names. */
export type ReadReport = {
  readonly text: string;
  readonly relations: readonly string[];
  /**
   * What stands behind a dot and is no name that the statement gives itself. It has to be a column:
   * PostgreSQL reads `t.f` as a call of `f` where `t` has no such column.
   */
  readonly behindDots: readonly string[];
  /**
   * Names that the statement gives itself, and that stand behind a dot somewhere: none of them may
   * be a function's, since what they are given to need not be what they stand behind.
   */
  readonly ownBehindDots: readonly string[];
};

type Tree = Readonly<Record<string, unknown>>;

await loadModule();

/** Reads one statement. Throws `bad_value` or `too_large` with what is not taken. */
export function readReport(text: string): ReadReport {
  if (Buffer.byteLength(text) > LIMITS.reportStatementBytes) {
    throw new Refusal('too_large', `A report takes ${LIMITS.reportStatementBytes} bytes of SQL.`);
  }
  if (!isStorableText(text)) throw refused('a character that PostgreSQL has no place for');
  const statement = parse(text);
  const walk = new Walk();
  walk.under({ is: 'SelectStmt' }, statement.tree, 0);
  const own = walk.withNames;
  const relations = [...walk.relations].filter((name) => !own.has(name));
  if (walk.rangeCount > LIMITS.reportRelationsMax) {
    throw refused(`more than ${LIMITS.reportRelationsMax} tables`);
  }
  const behindDots = [...walk.behindDots].filter((name) => !walk.given.has(name));
  const ownBehindDots = [...walk.behindDots].filter(
    (name) => walk.given.has(name) && !ALLOWED_FUNCTIONS.has(name),
  );
  return { text: statement.text, relations, behindDots, ownBehindDots };
}

function parse(text: string): { readonly text: string; readonly tree: unknown } {
  let tokens: ReturnType<typeof scanSync>['tokens'];
  let stmts: readonly Tree[];
  try {
    tokens = scanSync(text).tokens;
    if (tokens.length > LIMITS.reportTokensMax) throw refused('so many words');
    // The package's types are of another form than what it gives, and nothing is taken on trust.
    const parsed: unknown = parseSync(text);
    const found = isTree(parsed) ? parsed['stmts'] : undefined;
    stmts = Array.isArray(found) ? found.filter(isTree) : [];
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    const said = cause instanceof Error ? cause.message : '';
    throw new Refusal('bad_value', `This is not SQL that can be read: ${said}.`, { cause });
  }
  // Older servers read `1_0` and `0x1` as a number and a name.
  const odd = tokens.find(
    (token) => /^[IF]CONST$/.test(token.tokenName) && !/^[\d.]+(?:[eE][+-]?\d+)?$/.test(token.text),
  );
  if (odd) throw refused(`a number written as ${odd.text}`);
  const [first, ...others] = stmts;
  const root = first?.['stmt'];
  if (!isTree(root) || others.length > 0) throw refused('anything but one statement');
  const [kind = '', ...more] = Object.keys(root);
  if (kind !== 'SelectStmt' || more.length > 0) throw refused(kind || 'an empty statement');
  return { text: partOf(text, first ?? {}), tree: root['SelectStmt'] };
}

/** Without the semicolon and whatever follows it. Positions are in bytes. */
function partOf(text: string, { stmt_location = 0, stmt_len }: Tree): string {
  if (stmt_len === undefined) return text;
  const from = Number(stmt_location);
  return Buffer.from(text)
    .subarray(from, from + Number(stmt_len))
    .toString();
}

class Walk {
  readonly relations = new Set<string>();
  readonly withNames = new Set<string>();
  readonly behindDots = new Set<string>();
  readonly given = new Set<string>(UNNAMED);
  rangeCount = 0;

  under(under: Under, value: unknown, depth: number): void {
    if (depth > LIMITS.reportTreeDepth) throw refused('so deep a statement');
    if (under === 'plain') return;
    if (under === 'node') this.named(value, depth);
    else if (under === 'nodes') {
      if (!Array.isArray(value)) throw refused('this form');
      // A list may hold nothing at a place, as the parser writes it.
      for (const one of value) this.named(one, depth);
    } else if ('is' in under) this.node(under.is, value, depth);
    else if (!under.includes(value)) throw refused(`\`${String(value)}\``);
  }

  private named(value: unknown, depth: number): void {
    if (!isTree(value)) throw refused('this form');
    const [kind, ...more] = Object.keys(value);
    // `distinct` without `on` is a list that holds nothing.
    if (kind === undefined) return;
    if (more.length > 0) throw refused('this form');
    this.node(kind, value[kind], depth);
  }

  private node(kind: string, value: unknown, depth: number): void {
    const keys = Object.hasOwn(ALLOWED_NODES, kind) ? ALLOWED_NODES[kind] : undefined;
    if (!keys || !isTree(value)) throw refused(`\`${kind}\``);
    for (const [key, inner] of Object.entries(value)) {
      const under = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (under === undefined) throw refused(`\`${key}\` of \`${kind}\``);
      this.under(under, inner, depth + 1);
    }
    this.look(kind, value);
  }

  private give(names: unknown): void {
    if (Array.isArray(names)) for (const name of names) this.given.add(wordOf(name));
  }

  private lookBehindDot(fields: unknown): void {
    if (!Array.isArray(fields) || fields.length > 2) throw refused('a name of so many parts');
    const last = fields.length === 2 ? wordOf(fields[1]) : '';
    if (last !== '') this.behindDots.add(last);
  }

  /** What the names in a node say. */
  private look(kind: string, value: Tree): void {
    switch (kind) {
      case 'RangeVar':
        this.rangeCount += 1;
        this.relations.add(String(value['relname']));
        break;
      case 'CommonTableExpr':
        this.withNames.add(String(value['ctename']));
        this.give(value['aliascolnames']);
        break;
      case 'ResTarget':
        if (value['name'] !== undefined) this.given.add(String(value['name']));
        break;
      case 'ColumnRef':
        this.lookBehindDot(value['fields']);
        break;
      case 'FuncCall':
        this.given.add(requireName(value['funcname'], ALLOWED_FUNCTIONS, 'function'));
        break;
      case 'A_Expr':
        requireName(value['name'], ALLOWED_OPERATORS, 'operator', false);
        break;
      case 'SubLink':
        if (value['operName']) requireName(value['operName'], ALLOWED_OPERATORS, 'operator', false);
        break;
      case 'Alias':
        this.give(value['colnames']);
        break;
      case 'TypeName':
        requireName(value['names'], ALLOWED_TYPES, 'type');
        break;
    }
  }
}

/** What PostgreSQL itself calls the column of an expression that is not given a name. */
const UNNAMED = [
  'case',
  'coalesce',
  'greatest',
  'least',
  'exists',
  'array',
  'row',
  'nullif',
  'grouping',
];

/** One word, or the word after `pg_catalog`, which is what the grammar itself writes. */
function requireName(
  names: unknown,
  allowed: ReadonlySet<string>,
  what: string,
  mayBeQualified = true,
): string {
  const words = Array.isArray(names) ? names.map(wordOf) : [];
  const bare = mayBeQualified && words[0] === 'pg_catalog' ? words.slice(1) : words;
  const [name = ''] = bare;
  if (bare.length !== 1 || !allowed.has(name.replace(/^(NOT )?BETWEEN( SYMMETRIC)?$/, 'BETWEEN'))) {
    throw refused(`the ${what} \`${words.join('.')}\``);
  }
  return name;
}

function wordOf(part: unknown): string {
  const text = isTree(part) && isTree(part['String']) ? part['String']['sval'] : undefined;
  return typeof text === 'string' ? text : '';
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(what: string): Refusal {
  return new Refusal('bad_value', `A report cannot have ${what}.`);
}
