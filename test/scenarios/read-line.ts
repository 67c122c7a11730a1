/**
 * One sentence of what is expected:
 *
 *     ann may read Payslip P-1 at levels 0, 1 because own, hr by request REQ-7
 *     ann by phone may not write Invoice I-1, I-2 for lack of ceiling
 *     ann may not read any other Payslip for lack of scope
 *     ann may not read net_pay of Payslip P-2 for lack of level
 *     ann may not write Invoice I-1 with cost_center London for lack of scope
 *     ann may write Order O-1 with items.cost_center Leeds + (blank) because leeds
 *     ann does not know Payslip
 */
import { type Action, isAction } from '../../src/authz/index.ts';
import { isKnown } from './cast.ts';
import { DOCTYPES, levelOf } from './doctypes.ts';
import type { Piece } from './piece.ts';
import { rowPathsOf } from './row-paths.ts';
import type { Because, Expected, Lack, Line, Stage, Values, Visibility, Who } from './scenario.ts';

type Known = Pick<Stage, 'world' | 'documents' | 'drafts' | 'tokens'>;

const LACKS: readonly Lack[] = [
  'doctype',
  'role',
  'dimension',
  'scope',
  'when',
  'ceiling',
  'grant',
  'level',
];

/** What a sentence asks of, before documents that no other sentence names are counted out. */
export type Sentence = Omit<Line, 'name'> & {
  readonly names: readonly string[];
  /** `any`: all documents of the doctype; `any other`: those that are left. */
  readonly rest: 'any' | 'any other' | null;
};

export function readSentence(piece: Piece, known: Known): Sentence | Visibility {
  const text = piece.text();
  const match = /^(.+?) (may not|may|knows|does not know) (.+)$/.exec(text);
  const [, subject = '', verb = '', object = ''] = match ?? piece.fail('is no known sentence');
  const who = whoIn(piece, subject, known);
  if (verb === 'knows' || verb === 'does not know') {
    if (!DOCTYPES.has(object)) piece.fail(`there is no doctype \`${object}\``);
    return { text, who, doctype: object, visible: verb === 'knows' };
  }
  const { action, rest: afterAction } = actionIn(piece, object);
  const allowed = verb === 'may';
  const { head, tail } = cut(piece, afterAction, allowed ? ' because ' : ' for lack of ');
  const [asked = '', levelText] = head.split(/ at levels? /);
  if (levelText !== undefined && !allowed) piece.fail('tells levels of what is refused');
  const expected: Expected = allowed
    ? {
        allowed,
        because: becauseIn(piece, tail, known),
        levels: levelText === undefined ? [0] : levelText.split(', ').map(Number).sort(),
      }
    : { allowed, lack: lackIn(piece, tail) };
  const thing = thingIn(piece, asked);
  if (thing.field !== null && levelText !== undefined) piece.fail('a field is of one level');
  if (thing.change !== null && action !== 'write') piece.fail('only `write` takes a change');
  return { text, who, action, expected, ...thing };
}

function whoIn(piece: Piece, subject: string, known: Known): Who {
  const [id = '', token = null] = subject.split(' by ');
  if (!isKnown(id)) piece.fail(`nobody is called \`${id}\``);
  if (token !== null && known.tokens.get(token)?.user !== id) {
    piece.fail(`${id} has no token \`${token}\``);
  }
  return { id, token };
}

function actionIn(piece: Piece, text: string): { action: Action; rest: string } {
  const [word = '', ...rest] = text.split(' ');
  return isAction(word)
    ? { action: word, rest: rest.join(' ') }
    : piece.fail(`there is no action \`${word}\``);
}

function cut(piece: Piece, text: string, by: string): { head: string; tail: string } {
  const [head = '', tail, ...more] = text.split(by);
  if (tail === undefined || more.length > 0) return piece.fail(`takes \`${by.trim()}\` once`);
  return { head, tail };
}

function becauseIn(piece: Piece, text: string, { world }: Known): Because[] {
  const given = [...world.grants, ...world.shares].map(({ name }) => name);
  return text.split(', ').map((part) => {
    const [name = '', request = null] = part.split(' by request ');
    return given.includes(name)
      ? { name, request }
      : piece.fail(`there is no grant or share \`${name}\``);
  });
}

function lackIn(piece: Piece, text: string): Lack {
  return LACKS.find((lack) => lack === text) ?? piece.fail(`there is no lack of \`${text}\``);
}

/** `[FIELD of] [any [other]] DOCTYPE [NAMES] [with FIELD VALUE [and FIELD VALUE …]]`. */
function thingIn(piece: Piece, text: string) {
  const [, field = null, rest = ''] = /^(?:([a-z_]+) of )?(.+)$/.exec(text) ?? [];
  const [, any = null, what = ''] = /^(?:(any other|any) )?(.+)$/.exec(rest) ?? [];
  const [object = '', changeText] = what.split(' with ');
  const doctype = doctypeAt(piece, object);
  const names = object
    .slice(doctype.length)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if ((any === null) === (names.length === 0)) piece.fail('names documents, or `any` of them');
  if (field !== null && levelOf(doctype, field) === null) {
    piece.fail(`${doctype} has no field \`${field}\``);
  }
  return {
    doctype,
    field,
    names,
    rest: any as 'any' | 'any other' | null,
    change: changeText === undefined ? null : changeIn(piece, doctype, changeText),
  };
}

function doctypeAt(piece: Piece, text: string): string {
  const found = [...DOCTYPES.keys()]
    .filter((name) => text === name || text.startsWith(`${name} `))
    .sort((one, other) => other.length - one.length);
  return found[0] ?? piece.fail(`names no doctype in \`${text}\``);
}

function changeIn(piece: Piece, doctype: string, text: string): Values {
  const entries = text.split(' and ').map((part): [string, Values[string]] => {
    const [field = '', ...words] = part.split(' ');
    if (rowPathsOf(doctype).includes(field)) return rowsIn(field, words.join(' '));
    if (levelOf(doctype, field) === null) piece.fail(`${doctype} has no field \`${field}\``);
    const value = words.join(' ');
    if (value === '') piece.fail(`gives \`${field}\` no value`);
    if (value === '(blank)') return [field, null];
    return [field, /^\d+$/.test(value) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

/** Rows instead of those that are there, told by one column: `Leeds + (blank)`, or `(none)`. */
function rowsIn(path: string, text: string): [string, Values[string]] {
  const [table = '', column = ''] = path.split('.');
  const values = text === '(none)' ? [] : text.split(' + ');
  return [table, values.map((value) => ({ [column]: value === '(blank)' ? null : value }))];
}
