/** Writes that PostgreSQL gives up for another's sake are done again, whole, and not for ever. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ErrorCode } from '../../src/base/errors.ts';
import type { WriteTransaction } from '../../src/store/store.ts';
import { HistoryStage } from './history-stage.ts';
import { type SmallCompany, sql } from './small-company.ts';
import { refused } from './small-engine.ts';

const BOSS = { kind: 'named', principal: 'boss' } as const;

let stage: HistoryStage;
let small: SmallCompany;

before(async () => {
  stage = await HistoryStage.open();
  small = stage.small;
  await stage.write('create', 'D-1', { title: 'one', company: 'Alpha', parts: [{ what: 'a' }] });
  await small.superuser.run(
    sql('create sequence public.failures'),
    sql(`create function public.give_up() returns trigger language plpgsql as $$
      begin
        -- A sequence keeps its number when everything else is taken back.
        if nextval('public.failures') <= tg_argv[0]::int then
          raise exception 'given up' using errcode = tg_argv[1];
        end if;
        return new;
      end $$`),
    sql(`grant usage on sequence public.failures to public`),
    sql(`grant usage on schema public to public`),
  );
});

after(async () => {
  await small.close();
});

/** Lets the first changes of an invoice fail with a SQL state, while `work` runs. */
async function failing(
  times: number,
  state: string,
  work: () => Promise<unknown>,
): Promise<number> {
  await small.superuser.run(
    sql('alter sequence public.failures restart'),
    sql(`create trigger give_up before update on doc.dossier
      for each row execute function public.give_up(${times}, '${state}')`),
  );
  try {
    await work();
  } finally {
    await small.superuser.run(sql('drop trigger give_up on doc.dossier'));
  }
  return Number(await small.value('select last_value from public.failures'));
}

const written = async (): Promise<(string | null)[]> => {
  const [result] = await small.superuser.run(
    sql(`select i.version, (select count(*) from doc.audit_entry e where e.document_name = i.name
        and e.action = 'update'),
      (select count(*) from sys.document_version v join sys.doctype d on d.id = v.doctype_id
        where d.name = 'Dossier' and v.document_id = i.id)
      from doc.dossier i where name = 'D-1'`),
  );
  return [...(result?.rows[0] ?? [])];
};

for (const state of ['40001', '40P01']) {
  test(`given up with ${state} three times, a change is made with the fourth, once`, async () => {
    const [version, entries, versions] = (await written()).map(Number);
    const tries = await failing(3, state, async () => {
      await stage.write('update', 'D-1', { title: state });
    });
    assert.equal(tries, 4);
    assert.deepEqual((await written()).map(Number), [
      Number(version) + 1,
      Number(entries) + 1,
      Number(versions) + 1,
    ]);
  });

  test(`given up with ${state} for ever, it ends after the fourth try with nothing done`, async () => {
    const before = await written();
    const tries = await failing(1_000, state, async () => {
      const work = stage.write('update', 'D-1', { title: 'x' });
      await refused(work, 'version_conflict');
    });
    assert.equal(tries, 4);
    assert.deepEqual(await written(), before);
  });
}

test('whatever else goes wrong is not tried again', async () => {
  const before = await written();
  for (const [state, code] of [
    ['55P03', 'version_conflict'],
    ['57014', 'unavailable'],
    ['BW409', 'submitted'],
    ['53100', 'storage_full'],
  ] as const satisfies readonly (readonly [string, ErrorCode])[]) {
    const tries = await failing(1_000, state, async () => {
      const work = stage.write('update', 'D-1', { title: 'x' });
      await refused(work, code);
    });
    assert.equal(tries, 1, state);
  }
  assert.deepEqual(await written(), before);
});

test('two that wait for each other are both done', async () => {
  for (const name of ['D-2', 'D-3']) {
    await stage.write('create', name, { title: name, company: 'Alpha', amount: 1 });
  }
  let runs = 0;
  let arrived = 0;
  let open = (): void => {};
  const both = new Promise<void>((resolve) => {
    open = resolve;
  });
  const raise = (name: string) =>
    sql(
      `update doc.dossier set amount = amount + 1, version = version + 1
      where name = $1`,
      name,
    );
  const write = async (first: string, second: string): Promise<void> =>
    await small.store.write(BOSS, 'shared', async ({ run }: WriteTransaction) => {
      runs += 1;
      await run('write', raise(first));
      // Each holds what the other wants; who comes again finds the way free.
      if (++arrived === 2) open();
      await both;
      await run('write', raise(second));
    });
  const total = async () =>
    Number(await small.value(`select sum(amount) from doc.dossier where name <> 'D-1'`));
  const before = await total();
  await Promise.all([write('D-2', 'D-3'), write('D-3', 'D-2')]);
  assert.equal(await total(), before + 4);
  assert.ok(runs >= 3, 'they never met');
});

test('changes that name no version are all made, one after the other; one that does is told', async () => {
  const [before] = (await written()).map(Number);
  const changes = Array.from({ length: 4 }, async (_, index) => {
    await stage.engine.write('boss', 'update', 'Dossier', 'D-1', { title: `at once ${index}` });
  });
  await Promise.all(changes);
  assert.equal(Number((await written())[0]), Number(before) + 4);
  const modified = String(await small.value(`select modified from doc.dossier where name = 'D-1'`));
  const named = Array.from({ length: 2 }, async (_, index) => {
    const change = { title: `named ${index}` };
    return await stage.engine.write('boss', 'update', 'Dossier', 'D-1', change, modified);
  });
  const outcomes = await Promise.allSettled(named);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});
