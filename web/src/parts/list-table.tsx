/** The rows of a list, with headings that sort. */
import { Anchor, Table, UnstyledButton } from '@mantine/core';
import { labelOf } from '../api/field-kind.ts';
import { currencyField, listColumns } from '../api/list-question.ts';
import type { Doctype, Field, Row } from '../api/shapes.ts';
import { documentAddress, type ListSort } from '../place.ts';
import { alignment } from './child-table.tsx';
import { FieldValue } from './field-value.tsx';
import { WideTable } from './wide-table.tsx';

const NAME: Field = { fieldname: 'name', fieldtype: 'Data', label: 'Name' };

type Props = {
  readonly doctype: Doctype;
  readonly rows: readonly Row[];
  /** The order the rows are in. */
  readonly sort: ListSort | null;
  readonly isBusy: boolean;
  readonly onSort: (sort: ListSort) => void;
};

/** One row for each document; its name is the link to it. */
export function ListTable({ doctype, rows, sort, isBusy, onSort }: Props) {
  const columns = listColumns(doctype);
  const currencyName = currencyField(doctype);
  return (
    <WideTable label={`List of ${doctype.name}`} isBusy={isBusy}>
      <Table.Thead>
        <Table.Tr>
          {[NAME, ...columns].map((field) => (
            <SortHeading key={field.fieldname} field={field} sort={sort} onSort={onSort} />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => {
          const name = String(row['name']);
          const currency = currencyName === null ? null : row[currencyName];
          return (
            <Table.Tr key={name}>
              <Table.Th scope="row" className="desk-plain">
                <Anchor inherit href={documentAddress(doctype.name, name)}>
                  {name}
                </Anchor>
              </Table.Th>
              {columns.map((field) => (
                <Table.Td key={field.fieldname} className={alignment(field)}>
                  <FieldValue
                    field={field}
                    row={row}
                    currency={typeof currency === 'string' ? currency : null}
                  />
                </Table.Td>
              ))}
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </WideTable>
  );
}

type HeadingProps = {
  readonly field: Field;
  readonly sort: ListSort | null;
  readonly onSort: (sort: ListSort) => void;
};

/** A column's heading. The first press sorts upwards, the next one downwards. */
function SortHeading({ field, sort, onSort }: HeadingProps) {
  const current = sort?.field === field.fieldname ? sort : null;
  const next = { field: field.fieldname, descending: current !== null && !current.descending };
  const arrow = current === null ? '' : current.descending ? '↓' : '↑';
  return (
    <Table.Th
      scope="col"
      className={alignment(field)}
      {...(current === null ? {} : { 'aria-sort': current.descending ? DOWN : UP })}
    >
      <UnstyledButton className="desk-sort" onClick={() => onSort(next)}>
        {labelOf(field)}
        <span aria-hidden="true" className="desk-arrow">
          {arrow}
        </span>
      </UnstyledButton>
    </Table.Th>
  );
}

const UP = 'ascending' as const;
const DOWN = 'descending' as const;
