/** Changes by HTTP: done where they are allowed, and put back again. */
import assert from 'node:assert/strict';
import type { Action } from '../../src/authz/index.ts';
import type { Answer, Client } from '../support/client.ts';
import type { Asking } from './asking.ts';
import { ITEMS, levelOf } from './doctypes.ts';
import type { Line, Values } from './scenario.ts';

/** Actions that have a route of their own, and the docstatus that the document must have for it. */
const STATUS_FOR: Partial<Record<Action, readonly number[]>> = {
  write: [0],
  delete: [0, 2],
  submit: [0],
  cancel: [1],
  amend: [2],
};

/** Asks for the change itself. Allowed, it is done; refused, it is refused as it should be. */
export async function askWrite(asking: Asking, line: Line): Promise<void> {
  const client = asking.clientOf(line.who);
  if (client === null || line.field !== null) return;
  const isNew = line.action === 'create';
  if (!isNew && STATUS_FOR[line.action] === undefined) return;
  const { allowed } = line.expected;
  // A guard binds everybody: it refuses even what is granted, in a state that is not for it.
  if (allowed && !isNew && !isInState(asking, line)) return;
  const answer = await send(client, asking, line);
  const what = `${line.text}: ${answer.text}`;
  if (allowed) assert.equal(codeOf(answer), 'ok', what);
  else assert.ok(refusalsOf(asking, line).includes(codeOf(answer)), what);
  asking.census.count(`${isNew ? 'create' : 'write'} ${allowed ? 'allowed' : 'denied'}`);
  if (allowed) await asking.restore();
}

async function send(client: Client, asking: Asking, line: Line): Promise<Answer> {
  const { action, doctype, name } = line;
  const path = `/api/resource/${doctype}/${encodeURIComponent(name)}`;
  if (action === 'create') {
    const { owner: _, docstatus: __, ...given } = valuesOf(asking.stage.drafts, line);
    return await client.post(`/api/resource/${doctype}`, given);
  }
  if (action === 'write') {
    const change = line.change ?? { remark: 'seen' };
    // Rows are replaced as a whole, and only by who says which ones they saw.
    const seen = ITEMS in change ? (await client.get(path)).body.data?.modified : undefined;
    return await client.put(path, { ...change, ...(seen === undefined ? {} : { modified: seen }) });
  }
  if (action === 'delete') return await client.delete(path);
  return await client.post(`${path}/${action}`, {});
}

/**
 * Hidden, it is not found; readable, it is forbidden. A doctype out of sight does not exist, and
 * nor does a field whose level is open nowhere.
 */
function refusalsOf(asking: Asking, line: Line): readonly string[] {
  const { expected, who, doctype } = line;
  if (!asking.sees(who, doctype)) return ['unknown_doctype'];
  if (!expected.allowed && expected.lack === 'level') {
    const fields = Object.keys(line.change ?? valuesOf(asking.stage.drafts, line));
    const open = asking.levels(who, doctype, 'read', 'write', 'create', 'import');
    const isKnown = fields.every((field) => open.has(levelOf(doctype, field) ?? 0));
    return [isKnown ? 'forbidden' : 'unknown_field'];
  }
  if (line.action === 'create') return ['forbidden'];
  return asking.mayRead(line) ? ['forbidden'] : ['not_found'];
}

function isInState({ stage }: Asking, line: Line): boolean {
  const { docstatus } = valuesOf(stage.documents, line);
  return STATUS_FOR[line.action]?.includes(Number(docstatus)) === true;
}

function valuesOf(documents: Asking['stage']['documents'], line: Line): Values {
  const found = documents.find(
    ({ doctype, values }) => doctype === line.doctype && values['name'] === line.name,
  );
  if (!found) throw new Error(`there is no ${line.doctype} ${line.name}`);
  return found.values;
}

function codeOf({ status, body }: Answer): string {
  return status < 300 ? 'ok' : String(body?.code);
}
