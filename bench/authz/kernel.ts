/** The kernel, through the functions that the product calls. */
import {
  actionBit,
  type CompiledWorld,
  compileWorld,
  type DocumentGroup,
  DocumentGroups,
  decide,
  type Filter,
  type Grant,
  marksOf,
  NO_CEILINGS,
  type Principal,
  previewChange,
  type Rule,
  recompile,
  supportsOf,
  type World,
  whoCan,
} from '../../src/authz/index.ts';
import type { Engine } from './engine.ts';
import type { Action, BusinessDocument, Dimension, Person, Workload } from './workload.ts';

const DIMENSIONS: Readonly<Record<Dimension, string>> = {
  company: 'Company',
  cost_center: 'Cost Center',
};

const OWNER: Filter = { kind: 'is-me', field: 'owner' };
const READ = actionBit('read');

/** Any moment: nothing in this workload begins or ends. */
const NOW = 0;

/** What only the kernel can say; others can say whether. */
export type KernelEngine = Engine & {
  readonly world: CompiledWorld;
  readonly who: (document: BusinessDocument) => readonly string[];
  /** How many grants and rules an explanation names. */
  readonly explain: (person: Person, action: Action, document: BusinessDocument) => number;
  /** People, documents and pairs that one more rule to read would open. */
  readonly preview: (role: string, doctype: string) => readonly [number, number, number];
  /** Gives a person one more role and checks; true where they may then. */
  readonly grantAndCheck: (person: Person, role: string, document: BusinessDocument) => boolean;
};

/** Compiles the workload's world and groups its documents. */
export function loadKernel(workload: Workload): KernelEngine {
  const world = compileWorld(worldOf(workload));
  const principals = workload.people.map(
    ({ id }): Principal => ({ id, kind: 'user', actor: null, ceilings: NO_CEILINGS }),
  );
  const groups = groupsOf(workload);
  const lists = [...groups].flatMap(([name, own]) => {
    const doctype = world.doctypes.get(name);
    if (!doctype) return [];
    const indexed = new DocumentGroups(doctype, own);
    return [{ indexed, names: indexed.groups.map(({ facts }) => facts['name'] as string) }];
  });
  const question = (person: Person, action: Action, document: BusinessDocument) => ({
    principal: principals[person.index] as Principal,
    action,
    doctype: document.doctype,
    document,
    now: NOW,
  });
  return {
    name: 'the kernel',
    world,
    // Written out: a spread would cost more than half of the check itself.
    check: (person, action, document) =>
      decide(world, {
        principal: principals[person.index] as Principal,
        action,
        doctype: document.doctype,
        document,
        now: NOW,
      }).allowed,
    list: (person) => {
      const found: string[] = [];
      for (const { indexed, names } of lists) {
        const marks = marksOf(world, indexed, principals[person.index] as Principal, NOW);
        for (let place = 0; place < marks.length; place++) {
          if (((marks[place] as number) & READ) !== 0) found.push(names[place] as string);
        }
      }
      return found;
    },
    who: (document) =>
      whoCan(world, { action: 'read', doctype: document.doctype, document, now: NOW }),
    explain: (person, action, document) => {
      const decision = decide(world, question(person, action, document));
      return supportsOf(decision).length + decision.missing.length;
    },
    preview: (role, doctype) => {
      const change = { rules: { gone: [], added: [readingRule(role, doctype)] } };
      const after = recompile(world, change);
      const { gained } = previewChange(
        { before: world, after, change },
        (name) => groups.get(name) ?? [],
        NOW,
      );
      const effect = gained.find(({ action }) => action === 'read');
      return [effect?.people ?? 0, effect?.documents ?? 0, effect?.pairs ?? 0];
    },
    grantAndCheck: (person, role, document) => {
      const added = [grantOf(person, role)];
      const after = recompile(world, { grants: { gone: [], added } });
      return decide(after, question(person, 'read', document)).allowed;
    },
  };
}

function worldOf(workload: Workload): World {
  return {
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
        ...readingRule(role, doctype),
        ...{ name, actions, when: ownOnly ? OWNER : null },
      }),
    ),
    grants: workload.people.flatMap((person) => person.roles.map((role) => grantOf(person, role))),
    members: [],
    shares: [],
    authorities: [],
  };
}

function readingRule(role: string, doctype: string): Rule {
  return {
    ...{ name: 'one more', role, doctype, actions: ['read'], levels: [0] },
    ...{ reach: 'within', except: [], when: null, status: 'in force' },
  };
}

function grantOf({ id, scope }: Person, role: string): Grant {
  return {
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
  };
}

/** Rules for one's own documents tell each owner's apart: here each document is its own group. */
function groupsOf({ documents }: Workload): Map<string, DocumentGroup[]> {
  const groups = new Map<string, DocumentGroup[]>();
  for (const document of documents) {
    const own = groups.get(document.doctype) ?? [];
    groups.set(document.doctype, own);
    own.push({ facts: document, count: 1 });
  }
  return groups;
}
