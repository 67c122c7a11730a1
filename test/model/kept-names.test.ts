/** Who can, by the one value that documents differ by: worked out once, and kept. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, recompile, type World, whoCan } from '../../src/authz/index.ts';
import { KeptNames } from '../../src/authz/kept-names.ts';
import { grant, rule, share, TODAY, worldWith } from './example-world.ts';

const DAY = 86_400_000;
const COMPANIES = ['Accounts', 'HR'].map((role) => rule(role, 'Company'));

function whoReads(parts: Partial<World>) {
  const world = compileWorld(worldWith({ rules: COMPANIES, ...parts }));
  return (name: string, now = TODAY) =>
    whoCan(world, { action: 'read', doctype: 'Company', document: { name }, now });
}

test('two who ask for the same get the same list, and nobody can change it', () => {
  const who = whoReads({ grants: [grant('ada', 'HR', { Company: ['UK'] }), grant('ben', 'HR')] });
  const first = who('UK');
  assert.deepEqual(first, ['ada']);
  assert.equal(who('UK'), first);
  assert.throws(() => (first as string[]).push('eve'), TypeError);
  assert.deepEqual(who('DE'), [], 'another value is another answer');
});

test('INVARIANT (revoked-means-now) what ends or begins is not kept beyond it', () => {
  const uk = { Company: ['UK'] };
  const lasting = { from: TODAY, until: TODAY + DAY };
  const who = whoReads({
    grants: [grant('ada', 'HR', uk), grant('ben', 'HR', uk, lasting), grant('#hr', 'HR', uk)],
    members: [{ group: 'hr', user: 'cleo', ...lasting }],
    shares: [share('Company', 'UK', 'dan', lasting)],
  });
  const all = ['ada', 'ben', 'cleo', 'dan'];
  assert.deepEqual(who('UK', TODAY - 1), ['ada']);
  assert.deepEqual(who('UK'), all);
  assert.deepEqual(who('UK', TODAY + DAY), ['ada']);
  assert.deepEqual(who('UK'), all);
});

test('what is kept of a world says nothing of the next', () => {
  const [adas, bens] = ['ada', 'ben'].map((name) => grant(name, 'HR', { Company: ['UK'] }));
  assert.ok(adas && bens);
  const before = compileWorld(worldWith({ rules: COMPANIES, grants: [adas] }));
  const request = { action: 'read' as const, doctype: 'Company', now: TODAY };
  const who = (world: typeof before) => whoCan(world, { ...request, document: { name: 'UK' } });
  assert.deepEqual(who(before), ['ada']);
  assert.deepEqual(who(recompile(before, { grants: { gone: [adas], added: [bens] } })), ['ben']);
  assert.deepEqual(who(before), ['ada']);
});

test('lists are kept by what was asked for and by the value', () => {
  const kept = new KeptNames();
  const [reading, writing] = [[], []];
  assert.equal(kept.get(reading, 1), undefined);
  kept.keep(reading, 1, ['ada']);
  kept.keep(reading, 2, ['ben']);
  assert.deepEqual(kept.get(reading, 1), ['ada']);
  assert.deepEqual(kept.get(reading, 2), ['ben']);
  assert.equal(kept.get(reading, 3), undefined);
  assert.equal(kept.get(writing, 1), undefined);
});

test('half a million names are kept, and then it is begun anew', () => {
  const kept = new KeptNames();
  const demands: [] = [];
  const keep = (value: number, count: number) =>
    kept.keep(
      demands,
      value,
      Array.from({ length: count }, () => 'ada'),
    );
  const sizes = () => [1, 2, 3, 4, 5].map((value) => kept.get(demands, value)?.length ?? 0);
  const most = 2 ** 19;
  keep(1, most - 1);
  keep(2, 1);
  keep(3, 1);
  assert.deepEqual(sizes(), [most - 1, 1, 1, 0, 0], 'that many are not too many');
  keep(4, 1);
  assert.deepEqual(sizes(), [0, 0, 0, 1, 0]);
  keep(5, 1);
  assert.deepEqual(sizes(), [0, 0, 0, 1, 1], 'the count begins anew, too');
});
