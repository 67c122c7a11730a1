/** The SQL of one change of a doctype's table. */
import type { Doctype } from '../../doctype/definition.ts';
import type { Change } from '../../doctype/migration-plan.ts';
import { identifier } from '../identifier.ts';
import { conversion } from './conversion.ts';
import {
  columnDefinition,
  columnIndex,
  createTable,
  indexesOf,
  qualifiedTable,
  SQL_TYPE,
  uniqueIndex,
} from './doctype-table.ts';

/** Statements that carry the change out at once, while the table is held. */
export function statementsOf(doctype: Doctype, change: Change): string[] {
  const table = qualifiedTable(doctype.name);
  const column = 'field' in change ? identifier(change.field) : '';
  const field = doctype.fields.find((one) => 'field' in change && one.fieldname === change.field);
  switch (change.kind) {
    case 'create-table':
      return [createTable(doctype), ...indexesOf(doctype)];
    case 'add-column':
      // A column that an earlier definition had is still there, with its values.
      return field
        ? [`alter table ${table} add column if not exists ${columnDefinition(field)}`]
        : [];
    case 'keep-column':
      return [];
    case 'retype-column': {
      const value = conversion(change.from, change.to, column);
      return [
        // A Check's column has a default of its own.
        `alter table ${table} alter column ${column} drop default, alter column ${column} drop not null`,
        `alter table ${table} alter column ${column} type ${SQL_TYPE[change.to]} using ${value}`,
      ];
    }
    case 'add-unique':
      return field ? [uniqueIndex(doctype, field).sql] : [];
    case 'drop-unique':
      return field
        ? [`drop index if exists doc.${identifier(uniqueIndex(doctype, field).name)}`]
        : [];
    case 'add-index':
      return [columnIndex(doctype, change.field)];
    case 'drop-index':
      return [];
    case 'seal-column':
      // Values that were readable cannot be called secret afterwards; copies of them are about.
      throw new Error(
        `${doctype.name}.${change.field} holds values; add a new secret field instead`,
      );
    case 'recompute-cells':
    case 'rebuild-tree':
      // Done when the definition is told to policies and triggers, for every changed one.
      return [];
  }
}

/** A change in words. */
export function describeChange(change: Change): string {
  return 'field' in change ? `${change.kind} ${change.field}` : change.kind;
}
