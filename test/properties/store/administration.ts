/** Random work of administrators, through the product's own pipeline. */
import fc from 'fast-check';
import { Refusal } from '../../../src/base/errors.ts';
import { type Scope, type SmallCompany, sql } from '../../security/small-company.ts';
import { callerOf, SmallEngine } from '../../security/small-engine.ts';

const RECORDS = ['Role', 'Role Rule', 'Group', 'Grant', 'Granting Authority', 'Separation Rule'];
const ANYWHERE: Scope = [
  ['Company', '*'],
  ['Company', '(blank)'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
];

type Pick = { readonly pick: number; readonly flag: boolean };

const DEEDS = {
  'a role with a rule': async (one, { flag }) => {
    const role = await one.create('Role', { name: one.fresh('Role') });
    await one.rule(role, flag);
  },
  'a rule put in force or taken out': async (one, { pick, flag }) => {
    const status = flag ? 'in force' : 'draft';
    await one.update('Role Rule', `name not like 'given %'`, pick, { status });
  },
  'a grant': async (one, { pick, flag }) => {
    const role = await one.some('role', `name like 'Role %'`, pick);
    const grantee = flag ? { grantee_type: 'User', grantee: 'ben' } : one.group(pick);
    await one.create('Grant', { ...(await grantee), role, scope: one.scope(pick), reason: 'r' });
  },
  'a grant ended': async (one, { pick }) => await one.remove('Grant', `name like 'GRANT-%'`, pick),
  'a group': async (one) => {
    await one.create('Group', { name: one.fresh('Group'), members: [{ user: 'ben' }] });
  },
  'members of a group': async (one, { pick, flag }) => {
    const members = flag ? [{ user: 'cid' }, { user: 'ben', until: '2999-01-01' }] : [];
    await one.update('Group', `name like 'Group %'`, pick, { members });
  },
  'an authority': async (one, { flag }) => {
    await one.create('Granting Authority', {
      ...{ holder_type: 'User', holder: 'ben', roles: flag ? ['*'] : ['none yet'] },
      scope: one.scope(0),
    });
  },
  'an authority gone': async (one, { pick }) =>
    await one.remove('Granting Authority', `holder = 'ben'`, pick),
  'a person disabled or enabled': async (one, { flag }) => {
    await one.update('User', `name = 'dee'`, 0, { enabled: flag ? 1 : 0 });
  },
  'a cost centre': async (one, { flag }) => {
    const parent_cost_center = flag ? 'North' : 'South';
    const input = { company: 'Alpha', is_group: 1, parent_cost_center };
    await one.create('Cost Center', { cost_center_name: one.fresh('Centre'), ...input });
  },
  'a cost centre moved': async (one, { pick, flag }) => {
    const parent_cost_center = flag ? 'North' : 'South';
    await one.update('Cost Center', `name like 'Centre %'`, pick, { parent_cost_center });
  },
  'duties kept apart': async (one) => {
    await one.create('Separation Rule', {
      ...{ first_doctype: 'Sales Invoice', first_action: 'create', reason: one.fresh('why') },
      ...{ second_doctype: 'Sales Invoice', second_action: 'submit', effect: 'flag' },
    });
  },
  'several together': async (one, { pick }) => await one.together(pick),
} satisfies Record<string, (one: Administration, how: Pick) => Promise<void>>;

type Kind = keyof typeof DEEDS;

export type Deed = Pick & { readonly kind: Kind };

export const deeds: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom(...(Object.keys(DEEDS) as Kind[])),
  pick: fc.nat({ max: 1000 }),
  flag: fc.boolean(),
});

/** Somebody who may administer everything, at work. */
export class Administration {
  readonly kinds = Object.keys(DEEDS) as Kind[];
  private readonly small: SmallCompany;
  private readonly engine: SmallEngine;
  private count = 0;

  private constructor(small: SmallCompany) {
    this.small = small;
    this.engine = new SmallEngine(small);
  }

  static async open(small: SmallCompany): Promise<Administration> {
    for (const name of ['boss', 'dee']) {
      const person = { full_name: name, user_type: 'Person', enabled: 1 };
      await small.insert('user', { name, email: name, ...person });
    }
    const actions = ['read', 'create', 'write', 'delete'] as const;
    for (const document_type of [...RECORDS, 'User']) {
      await small.give('boss', [], { document_type, actions });
    }
    for (const document_type of ['Company', 'Cost Center']) {
      await small.give('boss', ANYWHERE, { document_type, actions });
    }
    const authority = { name: 'of the boss', holder_type: 'User', holder: 'boss', roles: ['*'] };
    await small.insert('granting_authority', authority);
    for (const [dimension, value] of ANYWHERE) {
      const row = `insert into doc.grant_scope
          (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
        select gen_random_uuid()::text, id, 'Granting Authority', 'scope', 1, $1, $2, 0
        from doc.granting_authority where name = 'of the boss'`;
      await small.superuser.run(sql(row, dimension, value));
    }
    return new Administration(small);
  }

  /** Whether it was done; the code where it was refused, `nothing` where nothing was there. */
  async attempt({ kind, ...how }: Deed): Promise<string> {
    try {
      await DEEDS[kind](this, how);
      return 'done';
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      if (error instanceof NothingThere) return 'nothing';
      throw error;
    }
  }

  fresh(word: string): string {
    return `${word} ${++this.count}`;
  }

  scope(pick: number) {
    const values = ['North', 'Leeds', 'South', '*', 'Root'];
    return [
      { dimension: 'Company', value: 'Alpha', descendants: 0 },
      { dimension: 'Cost Center', value: values[pick % values.length], descendants: pick % 2 },
    ];
  }

  async group(pick: number) {
    const grantee = await this.some('group', `name like 'Group %'`, pick);
    return { grantee_type: 'Group', grantee };
  }

  async rule(role: string, isInForce: boolean): Promise<void> {
    const what = { document_type: 'Sales Invoice', actions: ['read'], reach: 'within' };
    await this.create('Role Rule', { role, status: isInForce ? 'in force' : 'draft', ...what });
  }

  async create(doctype: string, input: object): Promise<string> {
    return (await this.engine.write('boss', 'create', doctype, null, input)).name;
  }

  async update(doctype: string, where: string, pick: number, input: object): Promise<void> {
    const name = await this.some(doctype.toLowerCase().replaceAll(' ', '_'), where, pick);
    const { modified } = await this.engine.documents.read(callerOf('boss'), doctype, name);
    await this.engine.write('boss', 'update', doctype, name, input, String(modified));
  }

  async remove(doctype: string, where: string, pick: number): Promise<void> {
    const name = await this.some(doctype.toLowerCase().replaceAll(' ', '_'), where, pick);
    await this.engine.write('boss', 'delete', doctype, name);
  }

  /** A role, its rule and its grant in one transaction: each judged by those before it. */
  async together(pick: number): Promise<void> {
    const role = this.fresh('Role');
    const change = (doctype: string, input: object) => ({
      ...({ operation: 'create', doctype, name: null, input, expectedModified: null } as const),
    });
    const rule = { role, document_type: 'Sales Invoice', actions: ['read', 'write'] };
    const grant = { grantee_type: 'User', grantee: 'ben', role, scope: this.scope(pick) };
    const { epoch } = await this.small.store.open(callerOf('boss').credential);
    const changes = [
      change('Role', { name: role }),
      change('Role Rule', { ...rule, reach: 'within', status: 'in force' }),
      change('Grant', { ...grant, reason: 'together' }),
    ];
    const how = { epoch, isTrial: pick % 4 === 0 };
    await this.engine.documents.together(callerOf('boss'), changes, how);
  }

  /** The name of some row that is there. */
  async some(table: string, where: string, pick: number): Promise<string> {
    const name = await this.small.value(
      `select name from doc."${table}" where ${where} order by id
       offset $1::int % greatest((select count(*) from doc."${table}" where ${where}), 1) limit 1`,
      pick,
    );
    if (name === null) throw new NothingThere();
    return name;
  }
}

class NothingThere extends Error {}
