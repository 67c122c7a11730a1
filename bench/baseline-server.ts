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
const PAGE = `from doc.sales_invoice where ${SCOPE}
  order by posting_date desc, id desc limit $1`;
const LISTS = {
  names: { name: 'names', text: `select name ${PAGE}` },
  all: { name: 'all', text: `select ${COLUMNS} ${PAGE}` },
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
  const query = request.query as { limit_page_length: string; fields?: string };
  const list = query.fields === undefined ? LISTS.names : LISTS.all;
  const { rows } = await inTransaction(
    async (client) => await client.query<Fields>(list, [Number(query.limit_page_length)]),
  );
  return { data: rows.map(rendered) };
});

process.once('SIGTERM', async () => {
  await server.close();
  await pool.end();
});
console.log(`listens on ${await server.listen({ host: '127.0.0.1', port: 0 })}`);
