/** The rows of a child table. */
import { Table, Text } from '@mantine/core';
import { isRightAligned, kindOf, labelOf } from '../api/field-kind.ts';
import type { Field, Row } from '../api/shapes.ts';
import { FieldValue } from './field-value.tsx';
import { WideTable } from './wide-table.tsx';

type Props = {
  readonly label: string;
  readonly rows: readonly Row[];
  /** The child doctype's fields; null where they are not known. */
  readonly fields: readonly Field[] | null;
  readonly currency: string | null;
  readonly readable: ReadonlySet<string>;
};

/** Columns of the store itself, which say nothing to a reader. */
const OF_THE_STORE = new Set(
  'name owner creation modified modified_by docstatus idx parent parenttype parentfield'.split(' '),
);

/** A child table as a table, with a row number in front. */
export function ChildTable({ label, rows, fields, currency, readable }: Props) {
  if (rows.length === 0) return <Text c="dimmed">No rows.</Text>;
  const columns = fields === null ? columnsOf(rows) : fields.filter((field) => isShown(field));
  return (
    <WideTable label={label}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" className="desk-number desk-row-number">
            No.
          </Table.Th>
          {columns.map((field) => (
            <Table.Th scope="col" key={field.fieldname} className={alignment(field)}>
              {labelOf(field)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row, index) => (
          <Table.Tr key={String(row['name'] ?? index)}>
            <Table.Th scope="row" className="desk-number desk-plain">
              {index + 1}
            </Table.Th>
            {columns.map((field) => (
              <Table.Td key={field.fieldname} className={alignment(field)}>
                <FieldValue field={field} row={row} currency={currency} readable={readable} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

/** The class of a column whose values stand under each other by their last digit. */
export function alignment(field: Field): string {
  return isRightAligned(field) ? 'desk-number' : '';
}

function isShown(field: Field): boolean {
  return kindOf(field) !== null && !field.hidden;
}

/** Columns by what the rows hold: names in plain words, numbers as numbers. */
function columnsOf(rows: readonly Row[]): Field[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names]
    .filter((fieldname) => !OF_THE_STORE.has(fieldname))
    .map((fieldname) => {
      const isNumber = rows.every((row) => typeof (row[fieldname] ?? 0) === 'number');
      return { fieldname, fieldtype: isNumber ? 'Float' : 'Data' };
    });
}
