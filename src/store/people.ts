/** Statements about people who may sign in. */
import type { Statement } from './statement.ts';

/** Whether any of these users is enabled: one bit, whoever asks. */
export function anyEnabled(users: readonly string[]): Statement {
  return { text: 'select sys.any_enabled($1)', values: [users] };
}

/** Ends the sessions of a user and revokes their tokens, for good. */
export function endAccess(user: string): readonly Statement[] {
  return [
    { text: 'delete from sys.session where user_name = $1', values: [user] },
    {
      text: 'update sys.token set revoked_at = now() where user_name = $1 and revoked_at is null',
      values: [user],
    },
  ];
}
