/** A document that others link to stays; only those that the principal may read are named. */
import { every, type Filter, listFilter } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { isColumn } from '../../doctype/definition.ts';
import { linkExists } from '../../store/links.ts';
import { selectPage } from '../../store/read-documents.ts';
import type { WriteWork } from '../work.ts';

/** Throws `linked` where any document, readable or not, still points to this one. */
export async function checkLinked(work: WriteWork): Promise<void> {
  const name = work.name ?? '';
  const [found] = await work.transaction.run('read', linkExists(work.doctype.name, name));
  if (found?.rows[0]?.[0] !== 't') return;
  const readable = await firstReadable(work, name);
  const where = readable ? `${readable.doctype} \`${readable.name}\` links to it` : 'It is in use';
  throw new Refusal('linked', `${where}. Remove the link first.`);
}

async function firstReadable(work: WriteWork, name: string) {
  const { policy, now } = work.moment;
  for (const [doctype, table] of policy.tables) {
    if (table.doctype.istable) continue;
    const fields = table.doctype.fields.filter(
      (field) =>
        isColumn(field) && field.fieldtype === 'Link' && field.options === work.doctype.name,
    );
    for (const field of fields) {
      const request = { principal: work.caller.principal, action: 'read' as const, doctype, now };
      const linked: Filter = { kind: 'one-of', field: field.fieldname, values: [name] };
      const level = field.level ?? 0;
      const where = every([linked, listFilter(policy.world, request, level)]);
      const page = {
        table,
        columns: ['name'],
        where,
        me: work.caller.principal.id,
        orderBy: [],
        limit: 1,
        offset: 0,
      };
      const [result] = await work.transaction.run('read', selectPage(page));
      const found = result?.rows[0]?.[0];
      if (found) return { doctype, name: found };
    }
  }
  return null;
}
