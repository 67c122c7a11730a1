/**
 * What `http.bench.ts` compares with: the hand-written server of somebody who trusts it. Fastify
 * and `pg`, nobody signs in, no row-level security; each request sends BEGIN, the same query with
 * one person's scope as constants, and COMMIT. It reads its database's address from standard
 * input, and gives the same JSON as the product.
 */
import { text } from 'node:stream/consumers';
import fastify from 'fastify';
import pg from 'pg';

/** Everything but these comes as the text that PostgreSQL sends, which is also the cheapest. */
const NUMBERS = new Map<number, (value: string) => number>([
  [20, Number],
  [21, Number],
  [23, Number],
  [701, Number],
]);
const types = {
  getTypeParser: (oid: number) => NUMBERS.get(oid) ?? ((value: string) => value),
} as pg.CustomTypesConfig;

const SCOPE =
  "company = 'Larkspur UK' and cost_center in ('Leeds', 'Leeds Retail', 'Leeds Workshop')";
/** Its own table for what it writes: ours has triggers, and this one trusts whoever asks. */
const OWN_TABLE = `
  drop schema if exists baseline cascade;
  create schema baseline;
  create table baseline.sales_invoice (like doc.sales_invoice including defaults including indexes);
  alter table baseline.sales_invoice drop column cell_id;
  create sequence baseline.invoice_number`;

const COLUMNS = `name, owner, creation, modified, modified_by, docstatus, customer, customer_name,
  company, cost_center, posting_date, due_date, po_no, currency, net_total, tax_rate, total_taxes,
  grand_total, outstanding_amount, status, remarks, amended_from`;
const LINE_COLUMNS = 'name, idx, item_code, item_name, description, qty, uom, rate, amount';
const MONEY = ['net_total', 'total_taxes', 'grand_total', 'outstanding_amount', 'rate', 'amount'];
const MOMENTS = ['creation', 'modified'];

const ONE = {
  name: 'one',
  text: `select id, ${COLUMNS} from doc.sales_invoice where name = $1 and ${SCOPE}`,
};
const LINES = {
  name: 'lines',
  text: `select ${LINE_COLUMNS} from doc.sales_invoice_item
    where parent_id = $1 and parenttype = 'Sales Invoice' and parentfield = 'items' order by idx`,
};
const LISTED = `name, customer, customer_name, posting_date, due_date, status, grand_total,
  outstanding_amount`;
const PAGE = `from doc.sales_invoice where ${SCOPE}
  order by posting_date desc, id desc limit $1`;
const LISTS = {
  names: { name: 'names', text: `select name ${PAGE}` },
  paid: {
    name: 'paid',
    text: `select ${LISTED} from doc.sales_invoice where ${SCOPE} and status = $2
      order by posting_date desc, id desc limit $1`,
  },
};
const GIVEN = ['customer', 'company', 'cost_center', 'currency', 'posting_date', 'due_date'];
const MORE = ['po_no', 'net_total', 'tax_rate', 'total_taxes', 'grand_total', 'remarks'];
const INSERT = {
  name: 'insert',
  text: `insert into baseline.sales_invoice (name, owner, modified_by, creation, modified, docstatus,
      status, customer_name, ${[...GIVEN, ...MORE].join(', ')})
    select 'BASE-' || nextval('baseline.invoice_number'), 'clerk', 'clerk', now(), now(), 0, 'Draft',
      c.customer_name, ${[...GIVEN, ...MORE].map((_, index) => `$${index + 1}`).join(', ')}
    from doc.customer c where c.name = $1 returning ${COLUMNS}`,
};

type Fields = Record<string, unknown>;

/** The wire's form: money with its decimals, moments with six digits. In place. */
function rendered(row: Fields): Fields {
  for (const field of MONEY) {
    if (typeof row[field] === 'number') row[field] = row[field] / 10_000;
  }
  for (const field of MOMENTS) {
    const moment = row[field];
    if (typeof moment === 'string' && moment.length !== 26) {
      row[field] = moment.length === 19 ? `${moment}.000000` : moment.padEnd(26, '0');
    }
  }
  return row;
}

const pool = new pg.Pool({ ...JSON.parse(await text(process.stdin)), max: 10, types });

async function inTransaction<Value>(work: (client: pg.PoolClient) => Promise<Value>) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const value = await work(client);
    await client.query('COMMIT');
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

const server = fastify({ routerOptions: { maxParamLength: 2048 } });

server.get('/api/resource/Sales Invoice/:name', async (request, reply) => {
  const { name } = request.params as { name: string };
  const found = await inTransaction(async (client) => {
    const { rows } = await client.query<Fields>(ONE, [name]);
    const [row] = rows;
    if (!row) return null;
    const { id, ...values } = row;
    return { values, lines: (await client.query<Fields>(LINES, [id])).rows };
  });
  if (!found) return await reply.code(404).send({ status: 404 });
  const { values, lines } = found;
  const items = lines.map(rendered);
  return { data: { doctype: 'Sales Invoice', ...rendered(values), items } };
});

server.get('/api/resource/Sales Invoice', async (request) => {
  const query = request.query as { limit_page_length: string; filters?: string };
  const limit = Number(query.limit_page_length);
  const [[, , status]] = query.filters ? JSON.parse(query.filters) : [[]];
  const { rows } = await inTransaction(
    async (client) =>
      await (status === undefined
        ? client.query<Fields>(LISTS.names, [limit])
        : client.query<Fields>(LISTS.paid, [limit, status])),
  );
  return { data: rows.map(rendered) };
});

server.post('/api/resource/Sales Invoice', async (request) => {
  const body = request.body as Fields;
  const values = [...GIVEN, ...MORE].map((field) =>
    MONEY.includes(field) ? Math.round(Number(body[field]) * 10_000) : body[field],
  );
  const { rows } = await inTransaction(
    async (client) => await client.query<Fields>(INSERT, values),
  );
  return { data: { doctype: 'Sales Invoice', ...rendered(rows[0] ?? {}), items: [] } };
});

await pool.query(OWN_TABLE);
// With the rows that are there: an index that everything falls on one page of costs much less.
await pool.query(
  `insert into baseline.sales_invoice (id, version, ${COLUMNS})
   select id, version, ${COLUMNS} from doc.sales_invoice order by id;
   alter table baseline.sales_invoice alter id add generated always as identity;
   select setval(pg_get_serial_sequence('baseline.sales_invoice', 'id'), max(id))
     from baseline.sales_invoice;
   analyze baseline.sales_invoice`,
);
process.once('SIGTERM', async () => {
  await server.close();
  await pool.end();
});
console.log(`listens on ${await server.listen({ host: '127.0.0.1', port: 0 })}`);
