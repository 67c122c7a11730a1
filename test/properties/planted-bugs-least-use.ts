/** Bugs to plant in what grants alone give, and in the proof that they give nothing. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const WORTH_BUGS: readonly PlantedBug[] = [
  planted(
    'groups are counted in the order in which they came',
    'doctype-reach.ts',
    'this.groups = this.indexed.groups;',
    'this.groups = groups;',
  ),
  planted(
    'what two give counts as the gift of each',
    'grant-worth.ts',
    '& ~(this.twice[group] as number)',
    '',
  ),
  planted(
    'what three give is the gift of one again',
    'grant-worth.ts',
    '(this.twice[group] as number) | ((this.once[group] as number) & bits)',
    '(this.once[group] as number) & bits',
  ),
  planted(
    'a share takes nothing from what a grant alone gives',
    'doctype-reach.ts',
    '...sharesOf(this.world, principal, this.doctype.name, now).map((share) => ({',
    '...sharesOf(this.world, principal, this.doctype.name, now).slice(0, 0).map((share) => ({',
  ),
  planted(
    'a share opens every level',
    'rights.ts',
    'actionBits(withImplied(actions)), levelBits: 1 }',
    'actionBits(withImplied(actions)), levelBits: 1023 }',
  ),
  planted(
    'whoever has not signed in loses nothing',
    'grants-asked.ts',
    '[...world.source.users, GUEST]',
    'world.source.users',
  ),
  planted(
    'a grant that comes by two memberships is two grants',
    'grants-asked.ts',
    'const held = new Set(holdingsOf(world, principal, now).map(({ grant }) => grant));',
    'const held = holdingsOf(world, principal, now).map(({ grant }) => grant);',
  ),
  planted(
    'fields are told of whatever cannot be done any more',
    'grant-worth.ts',
    "if (level === null || action === 'read' || !isWhole) lost.push(number);",
    'if (level !== undefined || !isWhole) lost.push(number);',
  ),
  planted(
    'only fields that are read count',
    'grant-worth.ts',
    "|| action === 'read' || !isWhole)",
    "|| action === 'read')",
  ),
  planted(
    'a document that several people lose counts for each of them',
    'effect-tally.ts',
    'if (hasBit(touched, group)) return;',
    '',
  ),
  planted(
    'the first right of those that are alike stands for all',
    'grant-worth.ts',
    'of rights[31 - Math.clz32(left & -left)] as readonly number[]) {',
    'of (rights[31 - Math.clz32(left & -left)] as readonly number[]).slice(0, 1)) {',
  ),
  planted(
    'rights share a bit that not every rule gives together',
    'rights.ts',
    'addTo(own, JSON.stringify(givers),',
    'addTo(own, String(givers.length),',
  ),
  planted(
    'one person is told of what all lose',
    'grants-asked.ts',
    'const named = of ? [of] :',
    'const named = of === undefined ? [of] :',
  ),
  planted(
    'a grant whose fields alone are needed gives nothing',
    'grant-worth.ts',
    'if (alone.length + aloneFields.length > 0) {',
    'if (alone.length > 0) {',
  ),
  planted(
    'today’s cover is looked for until somebody has any of it',
    'cover-of-today.ts',
    'left.every((bits) => bits === 0)',
    'chosen.size > 0',
  ),
];

export const COVER_BUGS: readonly PlantedBug[] = [
  planted(
    'what covers a grant today covers it for good',
    'cover-for-ever.ts',
    'return [...new Set([from, ...inside])].sort((a, b) => a - b);',
    'return inside.length < 0 ? inside : [from];',
  ),
  planted(
    'what ends and begins covers as though it lasted',
    'cover-for-ever.ts',
    'others.filter(({ from, until }) => from <= at && at < until)',
    'others.filter(({ from, until }) => from <= at || at < until)',
  ),
  planted(
    'new people have what everybody has who is there',
    'cover-for-ever.ts',
    "if (name === EVERYONE) return [principalNamed('')];",
    'if (name === EVERYONE) return world.source.users.map(principalNamed);',
  ),
  planted(
    'one member of a group speaks for all',
    'cover-for-ever.ts',
    '.map(({ user }) => user))].map(principalNamed);',
    '.map(({ user }) => user))].slice(0, 1).map(principalNamed);',
  ),
  planted(
    'a grant of a node covers the children that it may get',
    'lasting-reach.ts',
    ': [2 * number, 2 * number];',
    ': [2 * number, 2 * number + 1];',
  ),
  planted(
    'all nodes that there are, are all there will be',
    'lasting-reach.ts',
    'return { blank, strange: true, spans',
    'return { blank, strange: false, spans',
  ),
  planted(
    'a proof takes a blank for covered by `*`',
    'lasting-reach.ts',
    'const blank = !own || own.some',
    'const blank = true || own.some',
  ),
  planted(
    'a proof never asks for a blank',
    'lasting-reach.ts',
    'const blank = own.some(({ value }) => value === BLANK_VALUE);',
    'const blank = false;',
  ),
  planted(
    'rows of two values are covered by two grants',
    'lasting-reach.ts',
    'table === null || areValuesWithin',
    'table !== undefined || areValuesWithin',
  ),
  planted(
    'a proof does not look at levels',
    'lasting-reach.ts',
    'levels: (levelBits & levels) | AT_ALL',
    'levels: (levelBits & levels & 0) | AT_ALL',
  ),
  planted(
    'a proof does not look at conditions',
    'lasting-reach.ts',
    'const when = rule.source.when ?? ALWAYS;',
    'const when = ALWAYS;',
  ),
  planted(
    'a proof asks of the first rule only',
    'cover-for-ever.ts',
    'for (const own of boxes) {',
    'for (const own of boxes.slice(0, 1)) {',
  ),
  planted(
    'a proof ends where something is covered',
    'cover-for-ever.ts',
    'if (pieces.length === 0) return names;',
    'if (names.length > 0) return names;',
  ),
  planted(
    'a grant covers itself',
    'cover-for-ever.ts',
    'one.grant !== own && one.from < one.until',
    'one.from < one.until',
  ),
];
