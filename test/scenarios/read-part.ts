/** One part of a world, read from its piece of the file. */
import {
  ACTIONS,
  ANY_VALUE,
  BLANK_VALUE,
  type Ceiling,
  type Grant,
  type Grantee,
  type Member,
  type ScopeValue,
  type Share,
} from '../../src/authz/index.ts';
import { readCondition } from '../../src/store/rule-condition.ts';
import { isKnown } from './cast.ts';
import { DOCTYPES, ITEMS, levelOf, ORDER_ROW } from './doctypes.ts';
import { type Piece, required } from './piece.ts';
import { readMoment } from './read-moment.ts';
import { withRows } from './row-paths.ts';
import type { Rows, RuleSource, Values } from './scenario.ts';

const WITH_DESCENDANTS = / with descendants$/;

/** The rules of a role. One without `reach` has none, as in the product: there is no default. */
export function readRules(role: string, piece: Piece): RuleSource[] {
  return piece.oneOrMore().map((item, index) => {
    const fields = item.fields('on', 'may', 'reach', 'levels', 'except', 'when', 'status');
    const doctype = doctypeOf(required(item, fields, 'on'));
    const when = fields.when?.value ?? null;
    return {
      when,
      rule: {
        name: `${role}: rule ${index + 1}`,
        role,
        doctype,
        actions: actionsOf(required(item, fields, 'may')),
        levels: fields.levels?.oneOrMore().map(levelNumber) ?? [0],
        reach: fields.reach?.oneOf('within', 'everything') ?? null,
        except: fields.except?.oneOrMore().map(dimensionOf) ?? [],
        when: when === null ? null : conditionOf(item, when, doctype),
        status: fields.status?.oneOf('draft', 'in force') ?? 'in force',
      },
    };
  });
}

function conditionOf(piece: Piece, when: unknown, doctype: string) {
  try {
    return readCondition(when, DOCTYPES.get(doctype));
  } catch (error) {
    return piece.fail((error as Error).message);
  }
}

/** The parents of a tree told as nested maps; the last ones may be a list. */
export function readTree(doctype: string, piece: Piece): Map<string, string | null> {
  const definition = DOCTYPES.get(doctype);
  if (!definition?.is_tree || !definition.is_dimension) piece.fail(`${doctype} is no tree`);
  const parents = new Map<string, string | null>();
  const enter = (name: string, parent: string | null, at: Piece): void => {
    if (parents.has(name)) at.fail(`\`${name}\` stands in two places`);
    parents.set(name, parent);
  };
  const walk = (node: Piece, parent: string | null): void => {
    if (node.value === null) return;
    if (typeof node.value === 'string' || Array.isArray(node.value)) {
      for (const item of node.oneOrMore()) enter(item.text(), parent, item);
      return;
    }
    for (const [name, inner] of node.entries()) {
      enter(name, parent, inner);
      walk(inner, name);
    }
  };
  walk(piece, null);
  return parents;
}

/** Values of a document by field. Fields that are not told of are blank. */
export function readValues(doctype: string, piece: Piece): Values {
  if (!DOCTYPES.has(doctype)) piece.fail(`there is no doctype \`${doctype}\``);
  const entries = piece.value === null ? [] : piece.entries();
  const stranger = entries.find(([field]) => levelOf(doctype, field) === null);
  if (stranger) piece.fail(`${doctype} has no field \`${stranger[0]}\``);
  const values = entries.map(([field, value]): [string, Values[string]] => [
    field,
    field === ITEMS ? value.items().map(readRow) : value.scalar(),
  ]);
  return withRows(doctype, Object.fromEntries(values));
}

function readRow(piece: Piece): Rows[number] {
  const entries = piece.value === null ? [] : piece.entries();
  const stranger = entries.find(([field]) => !isOfRow(field));
  if (stranger) piece.fail(`a row has no field \`${stranger[0]}\``);
  return Object.fromEntries(entries.map(([field, value]) => [field, value.scalar()]));
}

function isOfRow(field: string): boolean {
  return ORDER_ROW.fields.some(({ fieldname }) => fieldname === field);
}

export function readMembers(group: string, piece: Piece): Member[] {
  return piece.items().map((item) => {
    if (typeof item.value === 'string') {
      return { group, user: personOf(item), from: null, until: null };
    }
    const fields = item.fields('user', 'from', 'until');
    return { group, user: personOf(required(item, fields, 'user')), ...validityOf(fields) };
  });
}

export function readGrant(name: string, piece: Piece): Grant {
  const fields = piece.fields('to', 'role', 'within', 'from', 'until', 'request');
  return {
    name,
    grantee: granteeOf(required(piece, fields, 'to')),
    role: required(piece, fields, 'role').text(),
    scope: scopeOf(fields.within),
    request: fields.request?.text() ?? null,
    ...validityOf(fields),
  };
}

/** A share begins when it is given, so only its end is told. */
export function readShare(name: string, piece: Piece): Share {
  const fields = piece.fields('doctype', 'document', 'with', 'may', 'until');
  return {
    name,
    doctype: doctypeOf(required(piece, fields, 'doctype')),
    document: required(piece, fields, 'document').text(),
    user: personOf(required(piece, fields, 'with')),
    actions: actionsOf(required(piece, fields, 'may')),
    ...validityOf(fields),
  };
}

/** What a token is limited to; a part that is not told does not limit. */
export function readCeiling(
  fields: Partial<Record<'actions' | 'doctypes' | 'within', Piece>>,
): Omit<Ceiling, 'name'> {
  const { actions, doctypes, within } = fields;
  return {
    ...(actions ? { actions: actionsOf(actions) } : {}),
    ...(doctypes ? { doctypes: doctypes.oneOrMore().map(doctypeOf) } : {}),
    ...(within ? { scope: scopeOf(within) } : {}),
  };
}

function scopeOf(piece: Piece | undefined): ScopeValue[] {
  return (piece?.entries() ?? []).flatMap(([dimension, values]) => {
    if (!DOCTYPES.get(dimension)?.is_dimension) values.fail('is no dimension');
    return values.oneOrMore().map((item) => {
      const text = item.text();
      const value = text.replace(WITH_DESCENDANTS, '');
      const descendants = value !== text;
      if (descendants && (value === ANY_VALUE || value === BLANK_VALUE)) {
        item.fail(`\`${value}\` has no descendants`);
      }
      return { dimension, value, descendants };
    });
  });
}

function granteeOf(piece: Piece): Grantee {
  const text = piece.text();
  if (text.startsWith('group ')) return { type: 'Group', name: text.slice('group '.length) };
  return { type: 'User', name: personOf(piece) };
}

function validityOf(fields: Partial<Record<'from' | 'until', Piece>>) {
  return {
    from: fields.from ? readMoment(fields.from) : null,
    until: fields.until ? readMoment(fields.until) : null,
  };
}

function personOf(piece: Piece): string {
  const text = piece.text();
  return isKnown(text) ? text : piece.fail(`nobody is called \`${text}\``);
}

function doctypeOf(piece: Piece): string {
  const text = piece.text();
  return DOCTYPES.has(text) ? text : piece.fail(`there is no doctype \`${text}\``);
}

function dimensionOf(piece: Piece): string {
  const text = piece.text();
  return DOCTYPES.get(text)?.is_dimension ? text : piece.fail(`there is no dimension \`${text}\``);
}

function actionsOf(piece: Piece) {
  return piece.oneOrMore().map((item) => item.oneOf(...ACTIONS));
}

function levelNumber(piece: Piece): number {
  const { value } = piece;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 9) {
    return value;
  }
  return piece.fail('takes levels from 0 to 9');
}
