/** Statements about passwords, sessions and API tokens. Secrets are kept as fingerprints only. */
import type { Statement } from './statement.ts';

/** The password hash of an enabled user. */
export function selectPassword(user: string): Statement {
  return { text: 'select sys.password_of($1)', values: [user] };
}

export function setPassword(user: string, hash: string): Statement {
  return {
    text: `insert into sys.credential (user_name, password_hash) values ($1, $2)
      on conflict (user_name) do update set password_hash = excluded.password_hash, changed_at = now()`,
    values: [user, hash],
  };
}

export function insertSession(session: {
  readonly hash: Buffer;
  readonly user: string;
  readonly hours: number;
  readonly address: string | null;
  readonly agent: string | null;
}): Statement {
  return {
    text: `insert into sys.session (hash, user_name, expires_at, address, agent)
      values ($1, $2, now() + make_interval(hours => $3), $4, $5)`,
    values: [session.hash, session.user, session.hours, session.address, session.agent],
  };
}

export function deleteSession(hash: Buffer): Statement {
  return { text: 'delete from sys.session where hash = $1 or expires_at < now()', values: [hash] };
}

export function insertToken(token: {
  readonly id: string;
  readonly key: string;
  readonly secretHash: Buffer;
  readonly user: string;
  readonly label: string;
  readonly ceiling: string | null;
  readonly cidr: string | null;
  readonly expires: string | null;
}): Statement {
  return {
    text: `insert into sys.token (id, key, secret_hash, user_name, label, ceiling, cidr, expires_at)
      values ($1, $2, $3, $4, $5, $6, network($7::text::inet), $8::text::timestamp at time zone 'UTC')`,
    values: [
      token.id,
      token.key,
      token.secretHash,
      token.user,
      token.label,
      token.ceiling,
      token.cidr,
      token.expires,
    ],
  };
}

/** Ends a token of this user's; of another's, nothing happens. */
export function revokeToken(id: string, user: string): Statement {
  return {
    text: 'update sys.token set revoked_at = now() where id = $1 and user_name = $2 and revoked_at is null',
    values: [id, user],
  };
}

/** A token's id and ceiling, by its key. */
export function selectToken(key: string): Statement {
  return { text: 'select id, ceiling from sys.token where key = $1', values: [key] };
}

/** The person's own full name. */
export function selectFullName(user: string): Statement {
  return { text: 'select sys.full_name_of($1)', values: [user] };
}
