/** The questions of the benchmark of rows: as the engine asks them, and as written by hand. */

import { principalNamed } from '../../src/authz/index.ts';
import { reachable } from '../../src/documents/references.ts';
import { resolveDoctype } from '../../src/documents/steps/resolve-doctype.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { selectAggregate } from '../../src/store/aggregate-documents.ts';
import { selectCount, selectDocument, selectPage } from '../../src/store/read-documents.ts';
import type { Row, Statement } from '../../src/store/statement.ts';
import type { Moment, Store } from '../../src/store/store.ts';
import { type Person, sessionHash, userName } from './people.ts';

export type Kind = 'list of 25' | 'get' | 'count' | 'sum by month';

export const KINDS: readonly Kind[] = ['list of 25', 'get', 'count', 'sum by month'];

/** A doctype with what is asked of it. */
export type Subject = {
  readonly doctype: string;
  readonly table: string;
  readonly date: string;
  readonly amount: string;
  readonly columns: readonly string[];
  /** Table fields, each with its table and columns as the engine reads them. */
  readonly rows: readonly (readonly [field: string, table: string])[];
};

export const INVOICES: Subject = {
  ...{ doctype: 'Sales Invoice', table: 'doc.sales_invoice', date: 'posting_date' },
  amount: 'grand_total',
  columns: ['name', 'customer', 'customer_name', 'posting_date', 'grand_total', 'status'],
  rows: [['items', 'doc.sales_invoice_item']],
};

export const SLIPS: Subject = {
  ...{ doctype: 'Salary Slip', table: 'doc.salary_slip', date: 'start_date', amount: 'net_pay' },
  columns: ['name', 'employee', 'employee_name', 'start_date', 'gross_pay', 'net_pay'],
  rows: [
    ['earnings', 'doc.salary_detail'],
    ['deductions', 'doc.salary_detail'],
  ],
};

const PAGE = 25;

export type Question = {
  readonly kind: Kind;
  readonly subject: Subject;
  readonly person: Person;
  /** Names of documents that the person may open. */
  readonly names: readonly string[];
};

/** Asks as a request does: session, claim and policy of one transaction. Gives the rows. */
export async function askEngine(
  store: Store,
  { kind, subject, person, names }: Question,
  turn: number,
): Promise<readonly Row[]> {
  const caller = callerOf(person);
  const { results } = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const statement = engineStatement(kind, subject, caller, moment, nameAt(names, turn));
    return [statement];
  });
  return results[0]?.rows ?? [];
}

function callerOf(person: Person): Caller {
  return {
    principal: principalNamed(userName(person)),
    credential: { kind: 'session', hash: sessionHash(person) },
    ...{ requestId: 'bench', door: 'bench', address: null },
  };
}

function engineStatement(
  kind: Kind,
  { doctype, columns, date, amount }: Subject,
  caller: Caller,
  moment: Moment,
  name: string,
): Statement {
  const target = resolveDoctype(caller, moment, doctype);
  const { table } = target;
  if (kind === 'get') return selectDocument(table, name);
  const where = reachable(target, [0]);
  const me = caller.principal.id;
  if (kind === 'count') return selectCount(table, where, me, true);
  if (kind === 'list of 25') {
    const orderBy = [{ field: date, descending: true }];
    return selectPage({
      table,
      columns,
      where,
      me,
      orderBy,
      limit: PAGE,
      offset: 0,
      byCells: true,
    });
  }
  const path = (field: string) => {
    const column = table.columns.get(field);
    if (!column) throw new Error(`there is no ${field}`);
    return { steps: [], column };
  };
  return selectAggregate({
    ...{ table, where, me, limit: 1000, byCells: true },
    groups: [{ path: path(date), by: 'month' }],
    measures: [{ fn: 'sum', path: path(amount) }],
  });
}

/** The same by hand, in every form that somebody might think of; the fastest one is compared. */
export function handWritten(question: Question, turn: number): Statement[] {
  const { subject, person, names, kind } = question;
  const conditions = conditionsOf(subject, person);
  if (kind === 'get') return [byName(subject, conditions[0] ?? 'true', nameAt(names, turn))];
  const plain = conditions.map((condition) => plainText(question, condition));
  const perValue = kind === 'list of 25' ? unionOf(subject, person) : [];
  return [...plain, ...perValue].map((text) => ({ text, values: [] }));
}

/** The same without any permission. */
export function unrestricted(question: Question, turn: number): Statement {
  const { kind, subject, names } = question;
  if (kind === 'get') return byName(subject, 'true', nameAt(names, turn));
  return { text: plainText(question, 'true'), values: [] };
}

function nameAt(names: readonly string[], turn: number): string {
  return names[turn % names.length] ?? '';
}

/** The scope as constants; where branches are named, their companies follow from them. */
function conditionsOf(subject: Subject, person: Person): string[] {
  const { companies, branches, employee } = person;
  if (employee !== null) return [`employee = '${employee}'`];
  if (companies === null) return ['true'];
  const inCompanies = oneOf('company', companies);
  if (subject !== INVOICES || branches === null) return [inCompanies];
  return [oneOf('cost_center', branches), `${inCompanies} and ${oneOf('cost_center', branches)}`];
}

function plainText({ kind, subject }: Question, condition: string): string {
  const { table, columns, date, amount } = subject;
  const from = `from ${table} where ${condition}`;
  if (kind === 'count') return `select count(*) ${from}`;
  if (kind === 'list of 25') {
    return `select ${columns.join(', ')} ${from} order by ${date} desc, id desc limit ${PAGE}`;
  }
  return `select date_trunc('month', ${date}::timestamp)::date, sum(${amount}) ${from}
    group by 1 order by 1`;
}

/** The newest of each branch, and the newest of these. */
function unionOf(subject: Subject, { branches }: Person): string[] {
  if (subject !== INVOICES || branches === null || branches.length > 60) return [];
  const { table, columns, date } = subject;
  const each = branches.map(
    (branch) => `(select id, ${columns.join(', ')} from ${table}
      where cost_center = '${branch}' order by ${date} desc, id desc limit ${PAGE})`,
  );
  return [
    `select ${columns.join(', ')} from (${each.join(' union all ')}) u
     order by ${date} desc, id desc limit ${PAGE}`,
  ];
}

function byName({ table, rows, doctype }: Subject, condition: string, name: string): Statement {
  const lines = rows.map(
    ([field, child]) => `(select json_agg(r order by r.idx) from ${child} r where r.parent_id = d.id
      and r.parenttype = '${doctype}' and r.parentfield = '${field}')`,
  );
  return {
    text: `select ${['d.*', ...lines].join(', ')} from ${table} d where name = $1 and ${condition}`,
    values: [name],
  };
}

function oneOf(column: string, values: readonly string[]): string {
  const list = values.map((value) => `'${value}'`).join(', ');
  return values.length === 1 ? `${column} = ${list}` : `${column} in (${list})`;
}
