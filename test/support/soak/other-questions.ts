/** Which fields of documents are open, and what others may do. */
import { ACTIONS } from '../../../src/authz/index.ts';
import { query } from '../people.ts';
import { ALLOWED, DENIED } from './findings.ts';
import { factsOf, INVOICE } from './invoices.ts';
import { INSPECTOR, SUBJECTS } from './people.ts';
import { compare, type Question } from './reader.ts';
import { clientIn, pick, type Scene } from './scene.ts';
import { timed } from './timeline.ts';

const CLAIM = 'Expense Claim';

/** Fields of expense claims, one of each level. */
const LEVELS = [
  ['employee', 0],
  ['approval_status', 1],
] as const;

/** In one request: each is decided by itself. */
const EVALUATIONS = 10;

// Of what is made new there is nothing to evaluate before it is made.
const EVALUATED = ACTIONS.filter((action) => action !== 'create' && action !== 'import');

type Row = Readonly<Record<string, unknown>>;

/** Which expense claims, and which fields of each. */
export function fieldsOfClaims({ claims }: Scene, user: string): Question {
  const filters = [['name', 'in', claims.map(({ name }) => name)]];
  const fields = ['*'];
  return {
    ...{ kind: 'fields', doctype: CLAIM },
    path: `/api/resource/${CLAIM}${query({ filters, fields, limit: '500' })}`,
    check: ({ status, body }, judge) => {
      if (status !== 200) return null;
      const rows = new Map((body.data as Row[]).map((row) => [row['name'], row]));
      const seen = claims.filter((claim) => judge.may(user, 'read', CLAIM, claim));
      const isRight = seen.every((claim) => {
        const row = rows.get(claim['name']);
        const levels = judge.levels(user, CLAIM, claim);
        return (
          row && LEVELS.every(([name, level]) => Object.hasOwn(row, name) === levels.has(level))
        );
      });
      if (!isRight || rows.size !== seen.length) return null;
      return { allowed: seen.length, denied: claims.length - seen.length };
    },
  };
}

/** What somebody may do, asked by whoever may inspect; each part of the answer has a world. */
export async function evaluate(scene: Scene): Promise<void> {
  const { heaps, still } = scene.holdings;
  const asked = Array.from({ length: EVALUATIONS }, () => {
    const one = scene.random() < 0.5 ? pick(scene, heaps) : pick(scene, still);
    return { user: pick(scene, SUBJECTS), action: pick(scene, EVALUATED), one };
  });
  const evaluations = asked.map(({ user, action, one }) => ({
    subject: { type: 'user', id: user },
    action: { name: action },
    resource: { type: INVOICE, id: one.name },
  }));
  const client = clientIn(scene, INSPECTOR);
  const { value: answer, span } = await timed(() =>
    client.post('/access/v1/evaluations', { evaluations }),
  );
  if (!scene.findings.heard('evaluations', answer)) return;
  for (const [index, { user, action, one }] of asked.entries()) {
    const said = answer.body?.evaluations?.[index];
    const what = `may ${user} ${action} ${one.name}? ${JSON.stringify(said)}`;
    compare(scene, 'evaluation', { asked: what, answer, span }, (judge) => {
      const may = judge.may(user, action, INVOICE, factsOf(one));
      if (said?.decision !== may || said.context?.error !== undefined) return null;
      return may ? ALLOWED : DENIED;
    });
  }
}
