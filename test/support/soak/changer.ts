/**
 * The one who changes access, one change after the other: so there is one world after the other,
 * and which one it is is known without asking the server.
 */
import type { World } from '../../../src/authz/index.ts';
import { withoutEnded } from './changes.ts';
import { type Deed, Given } from './deeds.ts';
import { factsOf, INVOICE } from './invoices.ts';
import { Judge } from './judge.ts';
import { clientIn, type Scene } from './scene.ts';
import type { Setting } from './setting.ts';
import { timed } from './timeline.ts';

/** What ended so long ago is in no answer that is still on its way. */
const ENDED_MS = 120_000;

/**
 * A contradiction on purpose, once, which has to be found: a grant is ended and the comparison is
 * not told, so that too little is shown; or it is said to be ended and is not, so that too much is.
 */
export type Planted = 'an end that is not told' | 'an end that is not done';

export class Changer {
  /** Changes that were acknowledged, by kind. */
  readonly changes = new Map<Deed['kind'], number>();
  private planted: Planted | null;
  private readonly given: Given;

  constructor(setting: Setting, planted: Planted | null) {
    this.given = new Given(setting);
    this.planted = planted;
  }

  get total(): number {
    return [...this.changes.values()].reduce((sum, count) => sum + count, 0);
  }

  async step(scene: Scene): Promise<void> {
    const { worlds, findings } = scene;
    const before = withoutEnded(worlds.last, Date.now() - ENDED_MS);
    const deed = this.given.next(scene, before);
    const planted = deed.kind === 'end' && differ(scene, before, deed.after) ? this.planted : null;
    if (planted) this.planted = null;
    const settle = worlds.plan(planted === 'an end that is not told' ? before : deed.after);
    const { as, path, body } = deed;
    const method = planted === 'an end that is not done' ? 'GET' : deed.method;
    const { value: answer } = await timed(() => clientIn(scene, as).request(method, path, body));
    const isDone = answer.status === 200 || answer.status === 202;
    settle(isDone);
    const asked = `${as}: ${deed.kind} ${method} ${path} ${JSON.stringify(body ?? null)}`;
    if (!findings.heard(asked, answer)) return;
    // Nothing else changes access: whatever is refused here ought not to have been.
    if (!isDone) return findings.wrong(`${asked}: ${answer.status} ${answer.text}`);
    deed.done?.(answer);
    this.changes.set(deed.kind, (this.changes.get(deed.kind) ?? 0) + 1);
  }
}

/** Does anybody see other invoices in one world than in the other? */
function differ({ holdings }: Scene, one: World, other: World): boolean {
  const users = new Set(one.grants.map(({ grantee }) => grantee.name));
  const judges = [one, other].map((world) => new Judge(world, Date.now()));
  return [...users].some((user) =>
    holdings.still.some((invoice) => {
      const [a, b] = judges.map((judge) => judge.may(user, 'read', INVOICE, factsOf(invoice)));
      return a !== b;
    }),
  );
}
