/** Keeps serving processes away from a database while what it holds is replaced. */
import { Refusal } from '../../base/errors.ts';
import type { AdminAddress } from '../migrate/migrate.ts';
import { connectToMigrate, rolesOf } from '../migrate/migration-connection.ts';

/**
 * Runs the work while the application's login cannot connect.
 * @throws Refusal `in_use` where it is connected now
 */
export async function withoutServers<Value>(
  admin: AdminAddress,
  database: string,
  work: () => Promise<Value>,
): Promise<Value> {
  const { app } = rolesOf(database);
  const connection = await connectToMigrate(admin(database));
  try {
    await connection.script(`revoke connect on database "${database}" from "${app}"`);
    try {
      const [row] = await connection.query(
        'select count(*) as n from pg_stat_activity where datname = $1 and usename = $2',
        [database, app],
      );
      if (Number(row?.['n']) > 0) {
        throw new Refusal(
          'in_use',
          'A server is connected to this database. Stop it, and restore then.',
        );
      }
      return await work();
    } finally {
      // Where this process is killed, the next migration gives it back.
      await connection.script(`grant connect on database "${database}" to "${app}"`);
    }
  } finally {
    await connection.close();
  }
}
