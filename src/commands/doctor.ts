/** `doctor`: what is in order with this installation, and what to do about the rest. */
import type { DoctorReport } from '../cli/actions.ts';
import { withSystem } from './open-system.ts';
import type { Root } from './system.ts';

/** Opens the installation and asks it about itself. */
export async function examine(root: Root): Promise<DoctorReport> {
  const lines: string[] = [`Node.js ${process.versions.node}`];
  try {
    return await withSystem(root, async ({ store, isReady }) => {
      const ready = await isReady();
      lines.push(ready ? 'the database answers' : 'the database does not answer');
      const facts = await store.facts();
      lines.push(`PostgreSQL ${facts.version}`);
      for (const [name, value] of Object.entries(facts.settings)) lines.push(`${name} is ${value}`);
      const unsafe = Object.values(facts.settings).filter((value) => value !== 'on');
      lines.push(
        facts.isSuperuser
          ? 'the application login is a superuser: it must not be'
          : 'the application login is an ordinary role',
      );
      lines.push(
        `${facts.tables} doctype tables, ${facts.unprotected} of them without row-level security`,
      );
      const { world } = await store.policy();
      lines.push(`permissions compile, at epoch ${world.epoch}`);
      const healthy = ready && unsafe.length === 0 && !facts.isSuperuser && facts.unprotected === 0;
      return {
        healthy,
        lines: [...lines, healthy ? 'all is well' : 'something above needs attention'],
      };
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { healthy: false, lines: [...lines, `cannot open the installation: ${why}`] };
  }
}
