/** The kernel, through the `decide` that the product calls. */
import {
  compileWorld,
  decide,
  type Filter,
  type Grant,
  type Principal,
  type Rule,
} from '../../src/authz/index.ts';
import type { EngineLoader } from './engine.ts';
import type { Dimension, Workload } from './workload.ts';

const DIMENSIONS: Readonly<Record<Dimension, string>> = {
  company: 'Company',
  cost_center: 'Cost Center',
};

const OWNER: Filter = { kind: 'is-me', field: 'owner' };

/** Any moment: nothing in this workload begins or ends. */
const NOW = 0;
const NONE: Principal['ceilings'] = [];

export const loadKernel: EngineLoader = (workload) => {
  const world = compileWorld({
    epoch: 1,
    users: workload.people.map(({ id }) => id),
    doctypes: workload.doctypes.map(({ name, dimensions }) => ({
      name,
      paths: dimensions.map((path) => ({ dimension: DIMENSIONS[path], path })),
      levels: new Map([['name', 0]]),
      personal: new Set<string>(),
    })),
    trees: [{ dimension: DIMENSIONS.cost_center, parents: workload.costCenters }],
    roles: workload.roles.map((name) => ({ name })),
    rules: workload.rules.map(
      ({ name, role, doctype, actions, ownOnly }): Rule => ({
        ...{ name, role, doctype, actions, levels: [0], reach: 'within', except: [] },
        ...{ when: ownOnly ? OWNER : null, status: 'in force' },
      }),
    ),
    grants: grantsOf(workload),
    members: [],
    shares: [],
    authorities: [],
  });
  const principals = workload.people.map(
    ({ id }): Principal => ({ id, kind: 'user', actor: null, ceilings: NONE }),
  );
  return {
    name: 'the kernel',
    // Written out: a spread would cost more than half of the check itself.
    check: (person, action, document) =>
      decide(world, {
        principal: principals[person.index] as Principal,
        action,
        doctype: document.doctype,
        document,
        now: NOW,
      }).allowed,
  };
};

function grantsOf({ people }: Workload): Grant[] {
  return people.flatMap(({ id, roles, scope }) =>
    roles.map(
      (role): Grant => ({
        name: `${id} ${role}`,
        grantee: { type: 'User', name: id },
        role,
        scope: (['company', 'cost_center'] as const).flatMap((dimension) =>
          scope[dimension].map((value) => ({
            dimension: DIMENSIONS[dimension],
            value,
            descendants: true,
          })),
        ),
        ...{ from: null, until: null, request: null },
      }),
    ),
  );
}
