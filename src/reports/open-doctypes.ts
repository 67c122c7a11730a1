/** Which doctypes a report may name, and which of their columns. */
import {
  ceilingsLeave,
  isVisible,
  levelsAnywhere,
  levelsEverywhere,
  mayEver,
  type Principal,
} from '../authz/index.ts';
import { Refusal, unknownDoctype } from '../base/errors.ts';
import { type Doctype, type Field, isColumn, isTable } from '../doctype/definition.ts';
import { sensitivityOf, tableName } from '../doctype/table-name.ts';
import { isKnown, mayHaveOthers } from '../documents/governed/parents.ts';
import { OPEN_LEVELS } from '../documents/governed/reach.ts';
import type { ReportRelation } from '../store/raw-sql/report-statement.ts';
import type { Moment } from '../store/store.ts';

export type OpenDoctype = ReportRelation & {
  readonly doctype: string;
  readonly closedSomewhere: readonly string[];
};

const DOCUMENT_COLUMNS = ['name', 'owner', 'creation', 'modified', 'modified_by', 'docstatus'];
const ROW_COLUMNS = ['name', 'parent', 'parenttype', 'parentfield', 'idx'];

/** Levels that are open on some documents, and those open on all that a report reaches. */
type Levels = { readonly some: ReadonlySet<number>; readonly all: ReadonlySet<number> };

/**
 * The doctypes behind the names in a statement, by their own name or by their table's. Throws
 * `unknown_doctype` for one that is not visible or not there, and `forbidden` where the principal
 * may not report on it, or only in a way that raw SQL cannot show.
 */
export function openDoctypes(
  moment: Moment,
  principal: Principal,
  names: readonly string[],
): OpenDoctype[] {
  if (principal.ceilings.some(({ scope = [] }) => scope.length > 0)) {
    // The database knows grants, and no ceilings of scope.
    throw new Refusal('forbidden', 'Raw SQL is not for a token that is limited to a scope.');
  }
  if (names.length === 0) {
    // Else whoever may report on nothing could still have the database compute for them.
    throw new Refusal('bad_value', 'A report names at least one doctype.');
  }
  const { doctypes } = moment.policy;
  const byTable = new Map([...doctypes.keys()].map((name) => [tableName(name), name]));
  return names.map((name) => {
    const doctype = doctypes.get(doctypes.has(name) ? name : (byTable.get(name) ?? ''));
    if (!doctype || Buffer.byteLength(name) > 63) throw unknownDoctype(name);
    const levels = doctype.istable
      ? levelsOfRows(moment, principal, doctype, name)
      : doctype.governed_by
        ? levelsOfGoverned(moment, principal, doctype, name)
        : levelsOf(moment, principal, doctype.name, name);
    return described(name, doctype, levels);
  });
}

/** What stands behind a dot in the statement and is no column of what it names is unknown. */
export function requireColumns(doctypes: readonly OpenDoctype[], names: readonly string[]): void {
  const known = new Set(doctypes.flatMap(({ columns }) => columns));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new Refusal('unknown_field', `There is no column \`${unknown}\`.`);
  }
}

function levelsOf(moment: Moment, principal: Principal, doctype: string, name: string): Levels {
  const { world } = moment.policy;
  const request = { principal, action: 'report' as const, doctype, now: moment.now };
  if (!isVisible(world, principal, doctype, moment.now)) throw unknownDoctype(name);
  if (!mayEver(world, request)) {
    throw new Refusal('forbidden', `You may not report on \`${name}\`.`);
  }
  const all = levelsEverywhere(world, request);
  if (!all.has(0)) {
    // INVARIANT (complete-or-error): such documents would silently be missing.
    const message = `Raw SQL shows no \`${name}\` whose level 0 is closed to you, as some are.`;
    throw new Refusal('forbidden', message);
  }
  return { some: levelsAnywhere(world, request), all };
}

/** Rows are open with any of the documents that hold them, and as the field that holds them is. */
function levelsOfRows(moment: Moment, principal: Principal, rows: Doctype, name: string): Levels {
  const some = new Set<number>();
  let all: ReadonlySet<number> | null = null;
  let refusal: unknown = unknownDoctype(name);
  for (const holder of moment.policy.doctypes.values()) {
    const fields = holder.fields.filter((field) => isTable(field) && field.options === rows.name);
    if (fields.length === 0) continue;
    try {
      const levels = levelsOf(moment, principal, holder.name, name);
      if (!fields.some(({ level = 0 }) => level === 0 || levels.some.has(level))) continue;
      for (const level of levels.some) some.add(level);
      all = new Set([...levels.all].filter((level) => all?.has(level) !== false));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'forbidden') refusal = error;
    }
  }
  if (all === null) throw refusal;
  return { some, all };
}

/** What belongs to documents is reported with those that may be reported, and with no others. */
function levelsOfGoverned(
  moment: Moment,
  principal: Principal,
  doctype: Doctype,
  name: string,
): Levels {
  if (!isKnown(moment, principal, doctype.name)) throw unknownDoctype(name);
  const isLimited = principal.ceilings.some(({ doctypes }) => doctypes !== undefined);
  if (isLimited || !ceilingsLeave(moment.policy.world, principal, 'report', doctype.name)) {
    // The database would show what belongs to documents of every doctype.
    throw new Refusal('forbidden', `You may not report on \`${name}\` by a limited token.`);
  }
  const parents = [...moment.policy.doctypes.values()].filter((parent) => {
    const ask = { principal, action: 'report' as const, doctype: parent.name, now: moment.now };
    return mayHaveOthers(parent) && mayEver(moment.policy.world, ask);
  });
  if (parents.length === 0) {
    throw new Refusal('forbidden', `You may not report on \`${name}\`.`);
  }
  for (const parent of parents) levelsOf(moment, principal, parent.name, parent.name);
  return { some: OPEN_LEVELS, all: OPEN_LEVELS };
}

function described(name: string, doctype: Doctype, { some, all }: Levels): OpenDoctype {
  const standard = doctype.istable ? ROW_COLUMNS : DOCUMENT_COLUMNS;
  const fields = doctype.fields.filter(
    (field) => isReported(field, standard) && (levelOf(field) === 0 || some.has(levelOf(field))),
  );
  return {
    name,
    doctype: doctype.name,
    table: tableName(doctype.name),
    columns: [...standard, ...fields.map(({ fieldname }) => fieldname)],
    closedSomewhere: fields
      .filter((field) => !all.has(levelOf(field)))
      .map(({ fieldname }) => fieldname),
  };
}

function levelOf({ level = 0 }: Field): number {
  return level;
}

/** INVARIANT (secrets-stay): as the views have it, whose columns these are. */
function isReported(field: Field, standard: readonly string[]): boolean {
  return (
    isColumn(field) && sensitivityOf(field) !== 'secret' && !standard.includes(field.fieldname)
  );
}
