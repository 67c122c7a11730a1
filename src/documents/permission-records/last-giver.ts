/** Somebody must stay who can give access: nothing inside the system could bring one back. */
import { type GrantingAuthority, isValid, type Member } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { anyEnabled } from '../../store/people.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { WriteWork } from '../work.ts';
import { granteeOf } from './grant-record.ts';

/** Throws `forbidden` where the change leaves no enabled person with a granting authority. */
export async function keepLastGiver(work: WriteWork): Promise<void> {
  const { authorities, members } = work.moment.policy.world.source;
  const before = giversOf(authorities, members, work.moment.now);
  const after = giversAfter(work, authorities, members);
  if (after === null || before.every((user) => after.includes(user))) return;
  const statements = [anyEnabled(before), anyEnabled(after)];
  const [had, has] = await work.transaction.run('read', ...statements);
  if (had?.rows[0]?.[0] !== 't' || has?.rows[0]?.[0] === 't') return;
  throw new Refusal(
    'forbidden',
    'Nobody would be left who can give access. Give an authority to somebody else first.',
  );
}

/** Null where the change has nothing to do with it. */
function giversAfter(
  work: WriteWork,
  authorities: readonly GrantingAuthority[],
  members: readonly Member[],
): string[] | null {
  const { doctype, operation, name, after, moment } = work;
  const isDeleted = operation === 'delete';
  switch (doctype.name) {
    case 'Granting Authority': {
      const others = authorities.filter((one) => one.name !== name);
      const own = authorities.find((one) => one.name === name);
      const kept =
        own && !isDeleted ? [{ ...own, holder: granteeOf(work, 'holder_type', 'holder') }] : [];
      return giversOf([...others, ...kept], members, moment.now);
    }
    case 'Group': {
      const rows = isDeleted ? [] : (after.tables['members'] ?? []);
      const others = members.filter((member) => member.group !== name);
      const own = rows.map((row) => memberOf(String(name), row));
      return giversOf(authorities, [...others, ...own], moment.now);
    }
    case 'User': {
      const givers = giversOf(authorities, members, moment.now);
      return isDeleted || after.values['enabled'] === 0
        ? givers.filter((user) => user !== name)
        : givers;
    }
    default:
      return null;
  }
}

function giversOf(
  authorities: readonly GrantingAuthority[],
  members: readonly Member[],
  now: number,
): string[] {
  const givers = authorities.flatMap(({ holder }) =>
    holder.type === 'User'
      ? [holder.name]
      : members
          .filter((member) => member.group === holder.name && isValid(member, now))
          .map(({ user }) => user),
  );
  return [...new Set(givers)];
}

function memberOf(group: string, row: StoredValues): Member {
  const moment = (text: unknown): number | null =>
    typeof text === 'string' ? Date.parse(`${text.replace(' ', 'T')}Z`) : null;
  return {
    group,
    user: String(row['user']),
    from: moment(row['from']),
    until: moment(row['until']),
  };
}
