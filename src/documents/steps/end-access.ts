/** A person who is disabled is out for good: what they had open does not wait for their return. */
import { endAccess } from '../../store/people.ts';
import type { WriteWork } from '../work.ts';

/** Ends the sessions and tokens of a user who was just disabled. */
export async function endAccessOfUser({ doctype, before, after, name, transaction }: WriteWork) {
  if (doctype.name !== 'User' || name === null) return;
  if (before?.values['enabled'] !== 1 || after.values['enabled'] !== 0) return;
  await transaction.run('write', ...endAccess(name));
}
