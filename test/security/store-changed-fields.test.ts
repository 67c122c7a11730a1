/** Fields renamed, converted and dropped by name; and any definition made out of any other. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { NO_LOSSES } from '../../src/doctype/asked-losses.ts';
import { checkDefinition } from '../../src/doctype/check-definition.ts';
import type { Doctype, Field } from '../../src/doctype/definition.ts';
import { planChange } from '../../src/doctype/migration-plan.ts';
import { renamed, renamesOf } from '../../src/doctype/renames.ts';
import { applyDoctypes, USUAL_PACE } from '../../src/store/migrate/apply-doctypes.ts';
import {
  connectToMigrate,
  type MigrationConnection,
  rolesOf,
} from '../../src/store/migrate/migration-connection.ts';
import { planDoctypes } from '../../src/store/migrate/plan-doctypes.ts';
import { catalogOf } from '../support/catalog.ts';
import { insertion, refusedWith, SmallCompany, sql } from './small-company.ts';

let small: SmallCompany;
let owner: MigrationConnection;

before(async () => {
  small = await SmallCompany.open();
  owner = await connectToMigrate(small.clone.superuser);
  await owner.script(`set role "${small.ownerRole}"`);
});

after(async () => {
  await owner.close();
  await small.close();
});

const roles = () => rolesOf(small.ownerRole.replace(/_owner$/, ''));

type Asked = { readonly drop?: string[]; readonly retype?: string[]; readonly largeRows?: number };

const askedFor = ({ drop = [], retype = [] }: Asked) => ({
  drop: new Set(drop),
  retype: new Set(retype),
});

async function apply(definitions: Doctype[], more: Asked = {}) {
  const pace = { ...USUAL_PACE, batchRows: 3, largeRows: more.largeRows ?? 10_000 };
  const how = { asked: askedFor(more), pace };
  return await applyDoctypes(owner, roles(), definitions, 'release', null, how);
}

async function plan(definition: Doctype, more: Asked = {}) {
  const pace = { ...USUAL_PACE, largeRows: more.largeRows ?? 10_000 };
  const how = { by: 'release', asked: askedFor(more), pace } as const;
  const [planned] = await planDoctypes(owner, roles(), [definition], how);
  assert.ok(planned);
  return planned;
}

const why = (outcomes: Awaited<ReturnType<typeof apply>>): string =>
  outcomes.map(({ outcome, details }) => `${outcome}: ${details.join('; ')}`).join('\n');

const doctype = (name: string, fields: readonly Field[], more: Partial<Doctype> = {}): Doctype =>
  checkDefinition({ name, app: 'test', fields, ...more });

const row = (name: string, more: object = {}) => ({
  ...{ name, owner: 'ann', modified_by: 'ann', creation: '2026-01-01', modified: '2026-01-01' },
  ...more,
});

async function insert(table: string, ...rows: object[]): Promise<void> {
  await small.superuser.run(...rows.map((one) => insertion(table, one as Record<string, unknown>)));
}

async function values(table: string, column: string): Promise<string> {
  // Not by a connection that keeps statements: the type of the column changes here.
  const [found] = await owner.query(
    `select string_agg(coalesce("${column}"::text, '-'), ' ' order by id) as v from doc."${table}"`,
  );
  return String(found?.['v']);
}

const COMPANY: Field = { fieldname: 'company', fieldtype: 'Link', options: 'Company' };
const STATE: Field = { fieldname: 'state', fieldtype: 'Data', search_index: true };
const BY_COMPANY = [{ dimension: 'Company', path: 'company' }];

test('a field goes on under another name: values, indexes, rules that speak of it, and who sees what', async () => {
  await apply([
    doctype('Renamed', [COMPANY, STATE], { dimension_paths: BY_COMPANY, is_submittable: true }),
  ]);
  await insert(
    'renamed',
    row('a', { company: 'Alpha', state: 'open', docstatus: 0 }),
    row('b', { company: 'Alpha', state: 'shut', docstatus: 1 }),
    row('c', { company: 'Beta', state: 'open', docstatus: 2 }),
  );
  const when = [['state', '=', 'open']];
  await small.give('rita', [['Company', 'Alpha']], { document_type: 'Renamed', when });
  const seen = async () =>
    (await small.as('rita', 'read', 'select name from doc.renamed order by name')).rows.flat();
  assert.deepEqual(await seen(), ['a']);
  const fields: Field[] = [
    { ...COMPANY, fieldname: 'firm', renamed_from: 'company' },
    { ...STATE, fieldname: 'phase', renamed_from: 'state' },
  ];
  const after = (name: string): Doctype =>
    doctype(name, fields, {
      ...{ dimension_paths: [{ dimension: 'Company', path: 'firm' }], is_submittable: true },
    });
  const [outcome] = await apply([after('Renamed')]);
  assert.deepEqual(outcome?.details.slice(0, 2), [
    'rename company to firm',
    'rename state to phase',
  ]);
  assert.equal(await values('renamed', 'phase'), 'open shut open');
  assert.deepEqual(await seen(), ['a'], 'by the rule as it is now');
  assert.ok((await small.store.policy()).world.epoch > 0, 'the world compiles');
  await apply([after('Renamed Fresh')]);
  assert.deepEqual(
    await catalogOf(small.superuser, 'Renamed'),
    await catalogOf(small.superuser, 'Renamed Fresh'),
  );
  // Said again, it changes nothing; nor does a field that takes the old name later.
  assert.equal((await apply([after('Renamed')]))[0]?.outcome, 'unchanged');
  await apply([doctype('Renamed', [...fields, STATE], after('Renamed'))]);
  assert.equal(await values('renamed', 'phase'), 'open shut open');
});

test('a renamed table keeps its rows, of submitted documents too', async () => {
  const line = doctype('Kept Line', [{ fieldname: 'what', fieldtype: 'Data' }], { istable: true });
  const table: Field = { fieldname: 'lines', fieldtype: 'Table', options: 'Kept Line' };
  await apply([line, doctype('Kept Order', [table], { is_submittable: true })]);
  await insert('kept_order', row('o', { docstatus: 0 }));
  await insert('kept_line', {
    ...{
      name: 'l',
      parent_id: 1,
      parenttype: 'Kept Order',
      parentfield: 'lines',
      idx: 1,
      what: 'x',
    },
  });
  await small.superuser.run(sql(`update doc.kept_order set docstatus = 1, version = 2`));
  const entries: Field = { ...table, fieldname: 'entries', renamed_from: 'lines' };
  await apply([doctype('Kept Order', [entries], { is_submittable: true })]);
  assert.equal(await values('kept_line', 'parentfield'), 'entries');
  await refusedWith('BW409', small.superuser.run(sql(`update doc.kept_line set what = 'y'`)));
  const gone = doctype('Kept Order', [], { is_submittable: true });
  await apply([gone]);
  assert.equal(await values('kept_line', 'what'), 'x', 'nobody asked for its loss');
});

test('what is lost is lost by name only: a field that was taken out, with its values', async () => {
  const note: Field = { fieldname: 'note', fieldtype: 'Data', unique: true };
  const other: Field = { fieldname: 'other', fieldtype: 'Int' };
  await apply([doctype('Dropped', [note, other])]);
  await insert('dropped', row('a', { note: 'x', other: 1 }), row('b', { other: 2 }));
  const drop = ['Dropped.note'];
  const still = doctype('Dropped', [note, other]);
  assert.match(why(await apply([still], { drop })), /refused: note: is a field of the definition/);
  const after = doctype('Dropped', [other]);
  const planned = await plan(after, { drop });
  assert.ok(planned.stakes.includes('drop note, with 1 values'), planned.stakes.join('; '));
  assert.ok(
    planned.steps.some(({ sql: lines }) => lines.some((text) => /drop column "note"/.test(text))),
  );
  assert.equal(await values('dropped', 'note'), 'x -', 'a plan does nothing');
  await apply([after]);
  assert.equal(await values('dropped', 'note'), 'x -', 'not asked for');
  // The definition is the same by now, and the values still go when somebody says so.
  assert.match(why(await apply([after], { drop })), /changed: .*drop note, with 1 values/);
  await apply([doctype('Dropped Fresh', [other])]);
  assert.deepEqual(
    await catalogOf(small.superuser, 'Dropped'),
    await catalogOf(small.superuser, 'Dropped Fresh'),
  );
  for (const name of ['Dropped.note', 'Dropped.name', 'Nowhere.x', 'Dropped."x']) {
    assert.match(why(await apply([after], { drop: [name] })), /^refused/, name);
  }
});

test('values are converted at a loss only where the field is named, and the plan counts the loss', async () => {
  const code: Field = { fieldname: 'code', fieldtype: 'Data' };
  await apply([doctype('Converted', [code])]);
  await insert(
    'converted',
    ...['12', 'x', ' 7', '-3', null].map((value, i) => row(`c${i}`, { code: value })),
  );
  const after = doctype('Converted', [{ ...code, fieldtype: 'Int' }]);
  assert.match(why(await apply([after])), /refused: code: .* name it in --retype/);
  const retype = ['Converted.code'];
  for (const largeRows of [10_000, 1]) {
    const planned = await plan(after, { retype, largeRows });
    assert.deepEqual(planned.stakes, ['code: 4 values are converted, 2 are lost']);
    const step = planned.steps.find(({ what }) => what === 'retype-column code');
    assert.equal(step?.when, largeRows === 1 ? 'ahead' : 'switch');
  }
  assert.equal(await values('converted', 'code'), '12 x  7 -3 -');
  await apply([after], { retype, largeRows: 1 });
  assert.equal(await values('converted', 'code'), '12 - - -3 -');
});

test('the SQL of a plan is that which is run', async () => {
  const before = doctype('Planned', [STATE]);
  await apply([before]);
  const after = doctype('Planned', [{ ...STATE, search_index: false, unique: true }, COMPANY]);
  const planned = await plan(after);
  const said = new Set(planned.steps.flatMap(({ sql: lines }) => lines));
  const run: string[] = [];
  const watched: MigrationConnection = {
    ...owner,
    script: async (text) => {
      run.push(text);
      await owner.script(text);
    },
  };
  await applyDoctypes(watched, roles(), [after]);
  const changed = run.filter((text) => / add column |^create (unique )?index/.test(text));
  assert.ok(changed.length >= 2);
  for (const text of changed)
    assert.ok(
      [...said].some((line) => line === text),
      text,
    );
});

const NAMES = ['alpha', 'beta', 'gamma', 'delta'] as const;
const TYPES = ['Data', 'Int', 'Check', 'Currency', 'Float', 'Date', 'Small Text'] as const;

const aField = fc.record({
  fieldname: fc.constantFrom(...NAMES),
  fieldtype: fc.constantFrom(...TYPES),
  index: fc.constantFrom('none', 'search_index'),
  renamed_from: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
});

const aDefinition = fc
  .uniqueArray(aField, { selector: ({ fieldname }) => fieldname, maxLength: 4 })
  .map((fields) => {
    const taken = new Set<string>();
    return fields.map(({ fieldname, fieldtype, index, renamed_from }): Field => {
      const isNew =
        renamed_from !== undefined && renamed_from !== fieldname && !taken.has(renamed_from);
      if (isNew) taken.add(renamed_from);
      const canIndex = index === 'search_index' && fieldtype !== 'Small Text';
      return {
        ...{ fieldname, fieldtype },
        ...(canIndex ? { search_index: true } : {}),
        ...(isNew ? { renamed_from } : {}),
      };
    });
  });

/** What a value of one type is in another, where nothing is lost. */
const SAMPLE: Readonly<Record<(typeof TYPES)[number], readonly [stored: unknown, asText: string]>> =
  {
    Data: ['word', 'word'],
    'Small Text': ['more words', 'more words'],
    Int: [42, '42'],
    Check: [1, '1'],
    Currency: [123_400, '12.34'],
    Float: [1.5, '1.5'],
    Date: ['2026-02-03', '2026-02-03'],
  };

test('out of any definition any other is made: data kept, and the schema that of a new one', async () => {
  let number = 0;
  let changedOnes = 0;
  const property = fc.asyncProperty(
    aDefinition,
    aDefinition,
    fc.boolean(),
    fc.boolean(),
    async (first, second, isLarge, isSubmittable) => {
      number += 1;
      const name = `Random ${number}`;
      const table = `random_${number}`;
      const more = { is_submittable: isSubmittable };
      const [a, b] = [
        doctype(
          name,
          first.map(({ renamed_from, ...field }) => field),
          more,
        ),
        doctype(name, second, more),
      ];
      await apply([a]);
      const given = Object.fromEntries(
        a.fields.map(({ fieldname, fieldtype }) => [fieldname, SAMPLE[fieldtype as 'Data'][0]]),
      );
      await insert(
        table,
        row('x', { docstatus: isSubmittable ? 1 : 0, ...given }),
        row('y', given),
        row('z'),
      );
      const outcomes = await apply([b], { largeRows: isLarge ? 1 : 10_000 });
      const expected = planChange(renamed(a, renamesOf(a, b)), b, NO_LOSSES);
      if (expected.kind === 'refused') {
        assert.equal(outcomes[0]?.outcome, 'refused');
        for (const { fieldname, fieldtype } of a.fields) {
          const [stored] = SAMPLE[fieldtype as 'Data'];
          assert.equal((await values(table, fieldname)).startsWith(`${stored} ${stored}`), true);
        }
        return;
      }
      assert.notEqual(outcomes[0]?.outcome, 'refused', why(outcomes));
      changedOnes += 1;
      const old = new Map(renamesOf(a, b).map(({ from, to }) => [to, from]));
      for (const { fieldname, fieldtype } of b.fields) {
        const source = a.fields.find((one) => one.fieldname === (old.get(fieldname) ?? fieldname));
        if (!source) continue;
        const [stored, text] = SAMPLE[source.fieldtype as 'Data'];
        const isText = fieldtype === 'Data' || fieldtype === 'Small Text';
        const wanted = isText ? text : String(stored);
        assert.ok((await values(table, fieldname)).startsWith(`${wanted} ${wanted}`), fieldname);
      }
      // What was taken out is still there, and goes by name; what is left is as a new one.
      const has = new Set(b.fields.map(({ fieldname }) => fieldname));
      const renamedAway = new Set(old.values());
      const left = a.fields
        .map(({ fieldname }) => fieldname)
        .filter((one) => !has.has(one) && !renamedAway.has(one));
      for (const column of left) assert.notEqual(await values(table, column), '- - -');
      await apply([b], { drop: left.map((one) => `${name}.${one}`) });
      await apply([doctype(`${name} Fresh`, second, more)]);
      const [made, fresh] = [
        await catalogOf(small.superuser, name),
        await catalogOf(small.superuser, `${name} Fresh`),
      ];
      // An index that is no longer asked for stays; there has to be each that is.
      assert.ok(
        fresh[1]?.every((index) => made[1]?.includes(index)),
        JSON.stringify([made[1], fresh[1]]),
      );
      assert.deepEqual(made.toSpliced(1, 1), fresh.toSpliced(1, 1));
    },
  );
  await fc.assert(property, { numRuns: 12, endOnFailure: true });
  assert.ok(changedOnes > 0);
});
