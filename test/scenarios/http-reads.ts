/** Lists, counts and single documents by HTTP, compared as a whole. */
import assert from 'node:assert/strict';
import type { Client } from '../support/client.ts';
import { query } from '../support/people.ts';
import type { Asking } from './asking.ts';
import { DOCTYPES, levelOf } from './doctypes.ts';
import type { Line, Values } from './scenario.ts';
import type { Topic } from './topics.ts';

type Row = Readonly<Record<string, unknown>>;

/** What is asked of reading, in every way there is; other actions have ways of their own. */
export async function askReads(
  asking: Asking,
  topic: Topic & { readonly field?: string },
): Promise<void> {
  const { who, action, doctype, lines, field } = topic;
  const client = asking.clientOf(who);
  if (action !== 'read' || client === null) return;
  const what = lines.map(({ text }) => text)[0] ?? '';
  if (!asking.sees(who, doctype)) {
    assert.deepEqual(topic.names, [], `${what}: names of what nobody sees`);
    await askUnknown(client, doctype, what);
  } else if (field === undefined) {
    await askAll(asking, client, topic, what);
  } else {
    await askField(asking, client, { ...topic, field }, what);
  }
  for (const { expected } of lines) {
    asking.census.count(`read ${expected.allowed ? 'allowed' : 'denied'}`);
  }
}

/** On every route exactly the answer of a doctype that does not exist. */
async function askUnknown(client: Client, doctype: string, what: string): Promise<void> {
  for (const path of [`resource/${doctype}`, `resource/${doctype}/X`, `count/${doctype}`]) {
    const answer = await client.get(`/api/${path}`);
    assert.deepEqual([answer.status, answer.body.code], [404, 'unknown_doctype'], what);
  }
}

async function askAll(asking: Asking, client: Client, topic: Topic, what: string): Promise<void> {
  const { doctype, names, lines } = topic;
  const list = await client.get(
    `/api/resource/${doctype}${query({ fields: ['*'], limit_page_length: '500' })}`,
  );
  assert.equal(list.status, 200, `${what}: ${list.text}`);
  const rows = new Map((list.body.data as Row[]).map((row) => [String(row['name']), row]));
  assert.deepEqual([...rows.keys()].sort(), names, `${what}: in the list`);
  const count = await client.get(`/api/count/${doctype}`);
  assert.equal(count.body?.data, names.length, `${what}: in the count`);
  for (const line of lines) {
    const answer = await client.get(`/api/resource/${doctype}/${encodeURIComponent(line.name)}`);
    if (!line.expected.allowed) {
      assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], line.text);
      continue;
    }
    assert.equal(answer.status, 200, `${line.text}: ${answer.text}`);
    checkFields(asking, line, answer.body.data, 'opened');
    checkFields(asking, line, rows.get(line.name) ?? {}, 'in the list');
  }
}

/** The fields of the open levels are there with their values, and the keys of others are not. */
function checkFields({ stage }: Asking, line: Line, found: Row, where: string): void {
  const { doctype, name, expected } = line;
  const values: Values =
    stage.documents.find((one) => one.doctype === doctype && one.values['name'] === name)?.values ??
    {};
  for (const { fieldname, fieldtype } of DOCTYPES.get(doctype)?.fields ?? []) {
    if (!COMPARED.has(fieldtype)) continue;
    const isOpen = expected.allowed && expected.levels.includes(levelOf(doctype, fieldname) ?? 0);
    const what = `${line.text}: \`${fieldname}\` ${where}`;
    assert.equal(Object.hasOwn(found, fieldname), isOpen, what);
    if (isOpen) assert.equal(found[fieldname], values[fieldname] ?? null, what);
  }
}

const COMPARED: ReadonlySet<string> = new Set(['Data', 'Link', 'Small Text', 'Currency', 'Date']);

/** A field narrows a list to where it is readable; readable nowhere, it does not exist. */
async function askField(
  asking: Asking,
  client: Client,
  { who, doctype, field, names, lines }: Topic & { readonly field: string },
  what: string,
): Promise<void> {
  const list = async (parameters: object) => {
    const path = `/api/resource/${doctype}${query({ ...parameters, limit_page_length: '500' })}`;
    return await client.get(path);
  };
  const level = levelOf(doctype, field) ?? 0;
  const answers = [
    await list({ filters: [[field, 'is', 'set']] }),
    await list({ filters: [[field, 'is', 'not set']] }),
  ];
  const open = asking.levels(who, doctype, 'read');
  // Whoever holds a role without scope sees no documents, but may know what they look like.
  if (open.size === 0 ? level > 0 : !open.has(level)) {
    assert.deepEqual(names, [], what);
    for (const { status, body } of [...answers, await list({ order_by: field })]) {
      assert.deepEqual([status, body.code], [400, 'unknown_field'], what);
    }
    return;
  }
  const found = answers.flatMap(({ body }) =>
    (body.data as Row[]).map((row) => String(row['name'])),
  );
  assert.deepEqual(found.sort(), names, `${what}: narrowed by the field`);
  const { body } = await list({ fields: ['name', field] });
  for (const { name, expected, text } of lines) {
    const row = (body.data as Row[]).find((one) => one['name'] === name) ?? {};
    assert.equal(Object.hasOwn(row, field), expected.allowed, `${text}: among the fields`);
  }
}
