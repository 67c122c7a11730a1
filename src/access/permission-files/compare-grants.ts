/** Grants, authorities and shares: what they give is never changed, they end and are given anew. */
import { changedFields } from './compare-roles.ts';
import { scopeInWords, subjectOf } from './describe.ts';
import { Differences } from './difference.ts';
import { matchRecords } from './match-records.ts';
import {
  type AuthorityRecord,
  CONTENT,
  type GrantRecord,
  type InFile,
  type InSystem,
  type ScopeEntry,
  type ShareRecord,
} from './records.ts';

/** A grant's reason changes in place, and so does an end that comes nearer. */
export function compareGrants(
  files: readonly (GrantRecord & InFile)[],
  stored: readonly (GrantRecord & InSystem)[],
): Differences {
  const differences = new Differences('grant', 'Grant');
  const matched = matchRecords(files, stored, CONTENT.grant);
  for (const one of matched.problems) differences.problems.push(one);
  for (const { file, stored: found } of matched.pairs) {
    const { until, reason } = file;
    const subject = subjectOf.grant(file);
    const details = changedFields(inWords(found), inWords(file));
    if (details.length === 0) continue;
    if (CONTENT.grant(file) === CONTENT.grant(found)) {
      differences.updated(subject, details, file, found, { reason }, null);
    } else if (endsEarlier(file, found)) {
      const input = { until, reason };
      differences.updated(subject, details, file, found, input, grantInput(file));
    } else {
      const how = [...details, 'the grant ends, and another one is given'];
      differences.replaced(subject, how, file, found, grantInput(file));
    }
  }
  for (const one of matched.added) differences.added(subjectOf.grant(one), one, grantInput(one));
  for (const one of matched.left) differences.onlyStored(subjectOf.grant(one), one);
  return differences;
}

export function compareAuthorities(
  files: readonly (AuthorityRecord & InFile)[],
  stored: readonly (AuthorityRecord & InSystem)[],
): Differences {
  const differences = new Differences('authority', 'Granting Authority');
  const matched = matchRecords(files, stored, CONTENT.authority);
  for (const one of matched.problems) differences.problems.push(one);
  const inputOf = ({ holder, roles, exceptRoles, scope }: AuthorityRecord) => ({
    ...{ holder_type: holder.type, holder: holder.name, roles },
    ...(exceptRoles.length > 0 ? { except_roles: exceptRoles } : {}),
    scope: scopeInput(scope),
  });
  for (const { file, stored: found } of matched.pairs) {
    if (CONTENT.authority(file) === CONTENT.authority(found)) continue;
    const details = [`was: ${subjectOf.authority(found)}`];
    differences.replaced(subjectOf.authority(file), details, file, found, inputOf(file));
  }
  for (const one of matched.added) differences.added(subjectOf.authority(one), one, inputOf(one));
  for (const one of matched.left) differences.onlyStored(subjectOf.authority(one), one);
  return differences;
}

export function compareShares(
  files: readonly (ShareRecord & InFile)[],
  stored: readonly (ShareRecord & InSystem)[],
): Differences {
  const differences = new Differences('share', 'Share');
  const matched = matchRecords(files, stored, CONTENT.share);
  for (const one of matched.problems) differences.problems.push(one);
  const inputOf = ({ user, doctype, document, actions, until }: ShareRecord) => ({
    ...{ document_type: doctype, document_name: document, user, actions, until },
  });
  for (const { file, stored: found } of matched.pairs) {
    if (CONTENT.share(file) === CONTENT.share(found)) continue;
    const details = [`was: ${subjectOf.share(found)}`];
    differences.replaced(subjectOf.share(file), details, file, found, inputOf(file));
  }
  for (const one of matched.added) differences.added(subjectOf.share(one), one, inputOf(one));
  for (const one of matched.left) differences.onlyStored(subjectOf.share(one), one);
  return differences;
}

/** True where nothing differs but an end, and the new one is nearer. */
function endsEarlier(file: GrantRecord, found: GrantRecord): boolean {
  if (file.until === null || (found.until !== null && file.until > found.until)) return false;
  return CONTENT.grant(file) === CONTENT.grant({ ...found, until: file.until });
}

function inWords({ holder, role, scope, from, until, reason }: GrantRecord) {
  const to = `${holder.type.toLowerCase()} ${holder.name}`;
  return { to, role, scope: scopeInWords(scope), from, until, reason };
}

function grantInput({ holder, role, scope, from, until, reason }: GrantRecord) {
  return {
    ...{ grantee_type: holder.type, grantee: holder.name, role },
    ...{ scope: scopeInput(scope), from, until, reason },
  };
}

function scopeInput(scope: readonly ScopeEntry[]) {
  return scope.map(({ dimension, value, descendants }) => ({
    ...{ dimension, value, descendants: descendants ? 1 : 0 },
  }));
}
