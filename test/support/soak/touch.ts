/**
 * Somebody writes an invoice of somebody else as it is: what may be written by whom is seen, by
 * shares too, and nothing changes by it.
 */
import { expectedOf } from './expected-write.ts';
import { ALLOWED, DENIED } from './findings.ts';
import { INVOICE } from './invoices.ts';
import { SUBJECTS } from './people.ts';
import { compare } from './reader.ts';
import { clientIn, pick, type Scene } from './scene.ts';
import { timed } from './timeline.ts';

export async function touch(scene: Scene): Promise<void> {
  const user = pick(scene, SUBJECTS);
  const before = pick(scene, scene.holdings.still);
  const { name, net_total, docstatus } = before;
  // What is submitted may be changed by nobody, so that nothing is seen by trying.
  if (docstatus !== 0) return;
  const path = `/api/resource/${INVOICE}/${name}`;
  const client = clientIn(scene, user);
  const { value: answer, span } = await timed(() => client.put(path, { net_total }));
  const asked = `${user}: touch ${name}`;
  if (!scene.findings.heard(asked, answer)) return;
  compare(scene, 'touch', { asked, answer, span }, (judge) => {
    const write = { action: 'write', before, after: before, isStale: false } as const;
    const expected = expectedOf(judge, user, write, { centers: [] });
    const code = answer.body?.code;
    // Of two who write one invoice at once one wins: whoever lost was allowed to.
    if (expected === 'done') {
      return answer.status === 200 || code === 'version_conflict' ? ALLOWED : null;
    }
    return code === expected ? DENIED : null;
  });
}
