/** Search finds what one may read, and what one may not moves nothing of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Database } from '../../src/store/database.ts';
import { cloneDatabase } from '../support/test-server.ts';
import { CASE, ILLNESS, SearchStage } from './search-stage.ts';
import { refusedWith } from './small-company.ts';
import { callerOf, refused } from './small-engine.ts';

let stage: SearchStage;

before(async () => {
  stage = await SearchStage.open();
  await stage.put('A-1', { title: 'Pump of the north hall', town: 'Leeds', opened: '2026-03-14' });
  await stage.put('A-2', { title: 'Boiler', town: 'York', finding: 'asbestos' });
  await stage.put('B-1', { title: 'Zeppelin hangar', company: 'Beta', finding: 'corrosion' });
});

after(async () => {
  await stage.close();
});

test('INVARIANT (hidden-equals-missing): a hidden document is found by none of its words', async () => {
  for (const text of ['B-1', 'Zeppelin', 'zepp', 'eppelin', 'zepelin', 'hangar zeppelin', 'beta']) {
    const hidden = await stage.found('ann', text);
    assert.deepEqual(hidden, await stage.found('ann', 'no such thing'), text);
    if (text !== 'beta') assert.deepEqual(await stage.names('eve', text), ['B-1'], text);
  }
});

test('hidden documents take no place, and change no order', async () => {
  await stage.put('V-2', { title: 'Valve two', modified: '2026-01-02 00:00:00' });
  await stage.put('V-1', { title: 'Valve one', modified: '2026-01-03 00:00:00' });
  const before = await stage.found('ann', 'valve', 2);
  const similar = await stage.found('ann', 'vlave', 2);
  assert.deepEqual(
    before.map(({ name }) => name),
    ['V-1', 'V-2'],
  );
  for (let i = 0; i < 30; i++) {
    await stage.put(`W-${i}`, { title: 'Valve', company: 'Beta', modified: '2026-05-01 00:00:00' });
  }
  assert.deepEqual(await stage.found('ann', 'valve', 2), before);
  assert.deepEqual(await stage.found('ann', 'vlave', 2), similar);
  assert.equal((await stage.names('eve', 'valve', 2)).filter((name) => name >= 'W').length, 2);
});

test('a field counts where its level is open, and nowhere else', async () => {
  for (const text of ['asbestos', 'asbest', 'bestos', 'asbetsos']) {
    assert.deepEqual(await stage.names('eve', text), ['A-2'], text);
    assert.deepEqual(await stage.names('ann', text), [], text);
  }
  // With a word that is open, a closed one still finds nothing.
  assert.deepEqual(await stage.names('eve', 'boiler asbestos'), ['A-2']);
  assert.deepEqual(await stage.names('ann', 'boiler asbestos'), []);
  assert.deepEqual(await stage.names('ann', 'boiler'), ['A-2']);
});

test('a level that is open on some documents only is searched on those', async () => {
  await stage.put('L-1', { title: 'Lamp', finding: 'mercury' });
  await stage.put('L-2', { title: 'Lamp', finding: 'mercury', company: 'Beta' });
  const scope = (name: string) => [['Company', name] as const];
  await stage.small.give('mia', scope('Alpha'), { document_type: CASE.name, levels: [0, 2] });
  await stage.small.give('mia', scope('Beta'), { document_type: CASE.name });
  assert.deepEqual((await stage.names('mia', 'lamp')).sort(), ['L-1', 'L-2']);
  assert.deepEqual(await stage.names('mia', 'mercury'), ['L-1']);
  assert.deepEqual(await stage.names('mia', 'mercuri'), ['L-1']);
});

test('ranks: the whole, its beginning, words, parts of words, what resembles', async () => {
  for (const [name, title] of [
    ...[
      ['R-5', 'Rotor'],
      ['R-4', 'Rotor blade'],
      ['R-3', 'The big rotor'],
      ['R-2', 'Gyrotor'],
    ],
    ...[
      ['R-1', 'Rotar'],
      ['R-0', 'Nothing alike'],
    ],
  ]) {
    await stage.put(String(name), { title });
  }
  const found = await stage.found('ann', 'rotor');
  assert.deepEqual(
    found.map(({ name, match }) => `${name} ${match}`),
    ['R-5 exact', 'R-4 begins', 'R-3 words', 'R-2 within'],
  );
  assert.deepEqual(await stage.names('ann', 'rotor', 2), ['R-5', 'R-4']);
  // What resembles is for whoever finds nothing else.
  const guessed = await stage.found('ann', 'rotorr');
  assert.ok(guessed.some(({ name }) => name === 'R-5'));
  assert.ok(guessed.every(({ match }) => match === 'similar'));
  assert.deepEqual(await stage.found('ann', 'R-66'), [], 'a number is not guessed at');
  assert.deepEqual(Object.keys(found[0] ?? {}), ['doctype', 'name', 'title', 'match', 'modified']);
});

test('dates, accents, other scripts, and signs that mean something to patterns', async () => {
  await stage.put('M-1', { title: 'Müller & Søn, Straße' });
  await stage.put('M-2', { title: '東京都の請求書' });
  await stage.put('M-3', { title: '100%_sure \\ done' });
  await stage.put('M-4', { title: 'Παράδειγμα Ωμέγα' });
  await stage.put('M-5', { title: 'ﬁne ½' });
  for (const [text, name] of [
    ...[
      ['2026-03-14', 'A-1'],
      ['muller', 'M-1'],
      ['MÜLLER', 'M-1'],
      ['mueller', 'M-1'],
    ],
    ...[
      ['strasse', 'M-1'],
      ['son', 'M-1'],
      ['京都', 'M-2'],
      ['請求', 'M-2'],
      ['παραδειγμα', 'M-4'],
    ],
    ...[
      ['100%', 'M-3'],
      ['%_sure', 'M-3'],
      ['fine', 'M-5'],
    ],
  ]) {
    assert.ok((await stage.names('ann', String(text))).includes(String(name)), text);
  }
  assert.deepEqual(await stage.names('ann', '都京'), [], 'signs stand in their order');
  for (const text of ['', '  ', '%', '_', '\\', "'", '🙂'.slice(0, 1), 'x'.repeat(141)]) {
    await refused(stage.found('ann', text), 'bad_value', 'q');
  }
  await refused(stage.found('ann', 'a b c d e f g h i'), 'bad_value', 'q');
  await refused(stage.found('ann', 'a', 0), 'bad_value');
  await refused(stage.found('ann', 'a', 101), 'bad_value');
});

test('links: names and titles of what may be selected, and of nothing else', async () => {
  assert.deepEqual(await stage.links('sam', 'pump'), ['A-1']);
  assert.deepEqual(await stage.links('sam', 'pmup'), ['A-1']);
  assert.deepEqual(await stage.links('sam', 'leeds'), [], 'a search field is no part of a title');
  assert.deepEqual(await stage.links('sam', 'zeppelin'), []);
  assert.deepEqual(await stage.links('eve', 'zeppelin'), ['B-1']);
  assert.deepEqual(await stage.names('sam', 'pump'), [], 'to select is not to read');
  const all = await stage.links('sam', '');
  assert.ok(all.includes('A-1') && !all.includes('B-1'));
  assert.deepEqual(await stage.links('sam', '%'), []);
  // What may not be read cannot be asked of either.
  assert.deepEqual(await stage.links('ann', '', [['town', '=', 'York']]), ['A-2']);
  await refused(stage.links('sam', '', [['finding', '=', 'asbestos']]), 'unknown_field', 'finding');
  await refused(stage.links('ann', '', [['finding', '=', 'asbestos']]), 'unknown_field', 'finding');
});

test('filters of links reach only documents that may be read', async () => {
  await stage.small.give('sue', [['Company', 'Alpha']], {
    document_type: CASE.name,
    actions: ['select'],
  });
  await stage.small.give('sue', [['Company', 'Beta']], { document_type: CASE.name });
  assert.deepEqual(await stage.links('sue', 'boiler'), ['A-2']);
  assert.deepEqual(await stage.links('sue', 'boiler', [['town', '=', 'York']]), []);
  assert.deepEqual(await stage.links('sue', 'zeppelin', [['company', '=', 'Beta']]), ['B-1']);
});

test('entries follow every write, in its transaction', async () => {
  const { engine } = stage;
  await engine.write('bob', 'create', CASE.name, 'N-1', { title: 'Crane', company: 'Alpha' });
  assert.deepEqual(await stage.names('ann', 'crane'), ['N-1']);
  await engine.write('bob', 'update', CASE.name, 'N-1', { title: 'Derrick' });
  assert.deepEqual(await stage.names('ann', 'crane'), []);
  assert.deepEqual(await stage.names('ann', 'derrick'), ['N-1']);
  await engine.write('bob', 'update', CASE.name, 'N-1', { company: 'Beta' });
  assert.deepEqual(await stage.names('ann', 'derrick'), []);
  assert.deepEqual(await stage.names('eve', 'derrick'), ['N-1']);
  await engine.write('bob', 'delete', CASE.name, 'N-1');
  assert.deepEqual(await stage.names('eve', 'derrick'), []);
  const left = `select count(*) from search.entries_${await stage.id()} where bw__title like '%derrick%'`;
  assert.equal(await stage.small.value(left), '0');
});

test('the view by itself is a second line; entries are nobody’s but the owner’s', async () => {
  const { small } = stage;
  const id = await stage.id();
  const titles = `select bw__title from search.seen_${id} where bw__title like '%zeppelin%'`;
  assert.equal((await small.as('ann', 'read', titles)).rows.length, 0);
  assert.equal((await small.as('eve', 'read', titles)).rows.length, 1);
  const counts = `select count(*) from search.seen_${id}`;
  const [one] = (await small.as('ann', 'read', counts)).rows;
  const [two] = (await small.as('ann', 'read', 'select count(*) from doc.works_case')).rows;
  assert.deepEqual(one, two);
  for (const text of [
    `select 1 from search.entries_${id}`,
    `delete from search.seen_${id}`,
    `update search.state set is_ready = true`,
  ]) {
    await refusedWith('42501', small.as('eve', 'read', text));
  }
  // Secrets have no column there.
  const columns = `select string_agg(attname, ' ') from pg_attribute
    where attrelid = 'search.entries_${id}'::regclass and attnum > 0`;
  assert.match(String(await small.value(columns)), /bw__level_0/);
  assert.doesNotMatch(String(await small.value(columns)), /token/);
});

test('the login of raw SQL gets nowhere near', async () => {
  const clone = await cloneDatabase('empty');
  const reporting = new Database(clone.reporting, 1);
  try {
    const there = { text: 'select 1', values: [] };
    assert.equal((await reporting.run(there)).length, 1);
    const states = { text: 'select * from search.state', values: [] };
    await refusedWith('42501', reporting.run(states));
    await refusedWith('42501', reporting.run({ text: `select search.fold('x')`, values: [] }));
  } finally {
    await reporting.close();
    await clone.drop();
  }
});

test('who may not know a doctype may not search it; shares and tokens count', async () => {
  const { documents } = stage.engine;
  const inDoctype = { text: 'pump', doctype: CASE.name };
  await refused(documents.search(callerOf('nobody'), inDoctype), 'unknown_doctype');
  await refused(
    documents.search(callerOf('ann'), { ...inDoctype, doctype: 'No' }),
    'unknown_doctype',
  );
  assert.deepEqual(await documents.search(callerOf('nobody'), { text: 'pump' }), []);
  await stage.small.insert('share', {
    ...{ name: 'S-1', document_type: CASE.name, document_name: 'B-1', user: 'ann' },
    actions: ['read'],
  });
  assert.deepEqual(await stage.names('ann', 'zeppelin'), ['B-1']);
  assert.deepEqual(await stage.names('ann', 'corrosion'), [], 'a share opens level 0');
  const ceiling = {
    name: 'token',
    scope: [{ dimension: 'Company', value: 'Beta', descendants: false }],
  };
  const narrow = callerOf('eve', [ceiling as never]);
  assert.deepEqual(await documents.search(narrow, { text: 'pump', doctype: CASE.name }), []);
  assert.equal((await documents.search(narrow, { text: 'zeppelin' })).length, 1);
});

test('a search of what is personal leaves an entry, found or not, and no word of it', async () => {
  const entries = `select count(*) || ' ' || coalesce(max(detail::text), '') from doc.audit_entry
    where action = 'search' and outcome = 'allowed' and document_type = $1`;
  const count = async (doctype: string) => String(await stage.small.value(entries, doctype));
  const before = Number.parseInt(await count(ILLNESS.name), 10);
  await stage.small.insert('works_illness', { name: 'I-1', person: 'Florence' });
  assert.deepEqual(await stage.names('eve', 'florence'), ['I-1']);
  assert.match(await count(ILLNESS.name), new RegExp(`^${before + 1} .*"I-1"`));
  await stage.found('eve', 'quetzal');
  assert.match(await count(ILLNESS.name), new RegExp(`^${before + 2} `));
  assert.doesNotMatch(await count(ILLNESS.name), /quetzal|florence/i);
  assert.match(await count(CASE.name), /^0 /);
});
