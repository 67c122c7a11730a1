/** The answer: what of a document the principal may read, in the form of the wire. */
import { type Decision, decide, openLevels } from '../../authz/index.ts';
import { isTable } from '../../doctype/definition.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import { renderValue, type WireValue } from '../../doctype/values.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import { type DecidedDocument, factsOf, type Target } from '../work.ts';

export type WireDocument = { readonly [field: string]: WireValue };

/**
 * A whole document; null where it may not be read. What belongs to another is shown by what was
 * decided on that one, `governed`. INVARIANT (secrets-stay): secrets never are.
 */
export function maskDocument(
  target: Target,
  document: DecidedDocument,
  governed: Decision | null = null,
): WireDocument | null {
  const decision = target.doctype.governed_by ? governed : decideReading(target, document);
  if (!decision?.allowed) return null;
  const levels = openLevels(decision);
  const { table } = target;
  const answer: Record<string, WireValue> = { doctype: table.doctype.name };
  renderInto(answer, table, document.values, levels);
  for (const field of table.doctype.fields.filter(isTable)) {
    const child = table.children.find((one) => one.field.fieldname === field.fieldname)?.table;
    if (!child || !levels.has(field.level ?? 0)) continue;
    answer[field.fieldname] = (document.tables[field.fieldname] ?? []).map((row) => {
      const rendered: Record<string, WireValue> = {};
      renderInto(rendered, child, row, levels);
      return rendered;
    });
  }
  return answer;
}

function decideReading(target: Target, document: DecidedDocument): Decision {
  return decide(target.moment.policy.world, {
    principal: target.caller.principal,
    action: 'read',
    doctype: target.doctype.name,
    document: factsOf(target.table, document),
    now: target.moment.now,
  });
}

/** Renders the columns whose level is open: all that have a value, or these in their order. */
export function renderInto(
  answer: Record<string, WireValue>,
  table: Table,
  values: StoredValues,
  levels: ReadonlySet<number>,
  columns: Iterable<string> = table.columns.keys(),
): void {
  for (const name of columns) {
    const column = table.columns.get(name);
    if (!column || !(name in values)) continue;
    const { field } = column;
    if (!field) answer[name] = values[name] as WireValue;
    else if (levels.has(field.level ?? 0) && sensitivityOf(field) !== 'secret') {
      answer[name] = renderValue(field, values[name] ?? null);
    }
  }
}
