/** Everything about doctypes' tables that hangs on no row: indexes, triggers, policies. */
import { isTable } from '../../doctype/definition.ts';
import { knownDoctypes } from './apply-doctypes.ts';
import { policiesOf, triggersOf } from './doctype-policies.ts';
import { allIndexesOf } from './doctype-table.ts';
import type { InstallationRoles, MigrationConnection } from './migration-connection.ts';
import { rowPathStatements, rowTriggers } from './row-paths.ts';

/** Makes it for every doctype that is known, as this version makes it; within a transaction. */
export async function protectAll(
  owner: MigrationConnection,
  roles: InstallationRoles,
): Promise<void> {
  const known = [...(await knownDoctypes(owner)).values()];
  for (const { id, definition } of known) {
    const parents = known
      .map((other) => other.definition)
      .filter(({ fields }) =>
        fields.some((field) => isTable(field) && field.options === definition.name),
      );
    const names = parents.map(({ name }) => name);
    const statements = [
      ...allIndexesOf(definition),
      ...rowPathStatements(definition, id),
      ...triggersOf(definition, id),
      ...policiesOf(definition, id, names, roles),
      ...rowTriggers(definition, parents),
    ];
    await owner.script(statements.join(';\n'));
  }
}
