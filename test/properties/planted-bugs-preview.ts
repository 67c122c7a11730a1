/** Bugs to plant in previews and in worlds that are recompiled. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const PREVIEW_BUGS: readonly PlantedBug[] = [
  planted(
    'what was worked out outlives a change',
    'recompile.ts',
    'profiles: world.profiles.without(holdersChanged(world, change)),',
    'profiles: world.profiles,',
  ),
  planted(
    'a change of a group concerns nobody',
    'affected.ts',
    'if (grantee.name === group) principals.add(user);',
    '{}',
  ),
  planted(
    'a rule that changes concerns nobody who holds its role',
    'affected.ts',
    'if (grant.role === role) addHolders(grant.grantee);',
    '{}',
  ),
  planted(
    'a change for everybody concerns the few who are named',
    'affected.ts',
    'principals: isEverybody ? null : principals',
    'principals',
  ),
  planted(
    'a grant that goes stays in force',
    'recompile.ts',
    'const turnover = { gone: going, added: coming };',
    'const turnover = { gone: [], added: coming };',
  ),
  planted(
    'a rule that goes stays in force',
    'recompile.ts',
    '.filter(({ source }) => !going.has(source));',
    '.filter(({ source }) => source !== null || !going.has(source));',
  ),
  planted(
    'a share that goes is still counted',
    'recompile.ts',
    '? turnShares(world, change.shares)',
    '? turnShares(world, { gone: [], added: change.shares.added })',
  ),
  planted(
    'documents are taken for alike that a condition tells apart',
    'document-groups.ts',
    'if (source.when) for (',
    'if (source.when && source.when === null) for (',
  ),
  planted(
    'a document that is shared is counted with others',
    'document-groups.ts',
    'if (share.doctype === doctype) names.add(share.document);',
    '{}',
  ),
  planted(
    'a preview takes a blank for covered by `*`',
    'document-groups.ts',
    'const ranges = first.any ? [0, blank, named, count] : [];',
    'const ranges = first.any ? [0, count] : [];',
  ),
  planted(
    'a preview forgets what no scope names',
    'document-groups.ts',
    'const ranges = first.any ? [0, blank, named, count] : [];',
    'const ranges = first.any ? [named, count] : [];',
  ),
  planted(
    'a preview asks of the first path only',
    'document-groups.ts',
    'if (!coversOne(coverage, numbers[place] as number | readonly number[] | null)) return false;',
    '',
  ),
  planted(
    'a preview counts documents and not those in a group',
    'effect-tally.ts',
    'const { count } = this.groups[group] as DocumentGroup;',
    'const count = 1;',
  ),
  planted(
    'a preview forgets what a share gives',
    'group-marks.ts',
    'groups.markNamed(document, bits | levels, into);',
    '',
  ),
  planted(
    'a part that does not read opens fields to read',
    'group-marks.ts',
    '(rule.actionBits & READ) === 0 ? 0 : rule.levelBits << LEVELS_SHIFT',
    'rule.levelBits << LEVELS_SHIFT',
  ),
  planted(
    'a field that gets another level opens to nobody',
    'turned-marks.ts',
    'if (earlier !== later || isEach) visit(group, earlier, later);',
    'if (earlier !== later) visit(group, earlier, later);',
  ),
  planted(
    'a preview of rules forgets what is there already',
    'turned-marks.ts',
    'const stays = kept[place] as number;',
    'const stays = 0;',
  ),
  planted(
    'a preview of rules forgets what shares give already',
    'turned-marks.ts',
    'markShares(world, groups, principal, now, kept);',
    '',
  ),
  planted(
    'a preview of rules takes those that go for kept',
    'turned-marks.ts',
    '({ source }) => later.has(source)',
    '() => true',
  ),
  planted(
    'a rule that was fetched anew is another one that comes on top',
    'turned-marks.ts',
    'const [earlier, later] = [sourcesOf(before, name), sourcesOf(after, name)];',
    'const earlier = new Set<Rule>(); const later = sourcesOf(before, name);',
  ),
  planted(
    'a preview counts documents by their place in an order of its own',
    'turned-marks.ts',
    'marks[group] = placed[place] as number;',
    'marks[place] = placed[place] as number;',
  ),
  planted(
    'what was worked out outlives a change that concerns nobody more',
    'profile-store.ts',
    'if (principals?.size === 0) return this;',
    'if (principals?.size !== 0) return this;',
  ),
  planted(
    'the usual case of a preview takes a blank for covered',
    'document-groups.ts',
    'number === BLANK_NUMBER ? blank : any ||',
    'number === BLANK_NUMBER ? any || blank : any ||',
  ),
];
