/** Bugs to plant in what is said of a change, in who may make it, and in duties kept apart. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const GAIN_BUGS: readonly PlantedBug[] = [
  planted(
    'a new member gains nothing that the group holds',
    'gains-of-records.ts',
    '.filter(({ grantee }) => isSameGrantee(grantee, holder))',
    '.filter(() => false)',
  ),
  planted(
    'a rule gives nothing to who holds its role',
    'gains-of-records.ts',
    '...gainsOfRole(sides, rule.role, now),',
    '',
  ),
  planted(
    'a condition that goes away opens nothing',
    'rule-power.ts',
    'if (source.when !== null && !isSame(source.when, power.when)) return false;',
    '',
  ),
  planted(
    'an exception more opens nothing',
    'rule-power.ts',
    '(dimension) => rule.except.has(dimension) || !power.except.includes(dimension),',
    '() => true,',
  ),
  planted(
    'an action more opens nothing',
    'rule-power.ts',
    'if (source.doctype !== power.doctype || !rule.actions.has(power.action)) return false;',
    'if (source.doctype !== power.doctype) return false;',
  ),
  planted(
    'a share gives nothing',
    'gains-of-records.ts',
    "grantee: { type: 'User', name: share.user }, share, levels: [0] }));",
    "grantee: { type: 'User', name: share.user }, share, levels: [0] })).slice(1);",
  ),
  planted(
    'a move or a new name gives nothing',
    'gains-of-values.ts',
    'if (sides.touched.size === 0) return [];',
    'if (sides.touched.size >= 0) return [];',
  ),
  planted(
    'a scope keeps naming the old name',
    'spelled-out.ts',
    'const next = renamedScope(own, renames);',
    'const next = own;',
  ),
  planted(
    'of two paths of one dimension, a move opens each alone',
    'spelled-out.ts',
    'if (isWhole(dimension)) return [whole];',
    '',
  ),
  planted(
    'who reads at the new level of a field did so before',
    'gains-of-shapes.ts',
    'levels: [from] }',
    'levels: [to] }',
  ),
  planted(
    'a share shows no field that comes down to level 0',
    'gains-of-shapes.ts',
    '...(field.to === 0 ?',
    '...(field.to === -1 ?',
  ),
  planted(
    'a path that goes away was open to `*`, blanks and all',
    'gains-of-shapes.ts',
    'if (covered.any && covered.blank) return true;',
    'if (covered.any) return true;',
  ),
  planted(
    'a path that goes away kept nobody out who does not name its dimension',
    'gains-of-shapes.ts',
    'if (!covered) return except.includes(path.dimension);',
    'if (!covered) return true;',
  ),
  planted(
    'what gives a share is not asked of the sharer',
    'judge-gains.ts',
    "if ('share' in gain) return mayShare(world, actor, gain, now, factsOf);",
    "if ('share' in gain) return factsOf !== NO_FACTS;",
  ),
  planted(
    'duties of different times are one conflict',
    'separation.ts',
    'return isOver || values.length === 0 ?',
    'return values.length === 0 ?',
  ),
  planted(
    'duties to come are none',
    'separation.ts',
    'everyHolding(world, principal) }));',
    'everyHolding(world, principal).filter(({ grant }) => (grant.source.from ?? now) <= now) }));',
  ),
  planted(
    'duties in other places are one conflict',
    'spans.ts',
    'const last = Math.min(at(one, a + 1), at(other, b + 1));',
    'const last = Math.max(at(one, a + 1), at(other, b + 1));',
  ),
  planted(
    'a blank is no place for two duties',
    'separation.ts',
    'const blank = a.blank && b.blank ? [BLANK_VALUE] : [];',
    'const blank: string[] = [];',
  ),
  planted(
    'who shares in a duty does not have it',
    'separation.ts',
    'return [...granted, ...shared];',
    'return granted.concat(shared.slice(shared.length));',
  ),
];
