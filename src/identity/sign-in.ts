/** Makes principals: from passwords and sessions, from API tokens, from nothing at all. */
import { append, appendWith } from '../audit/append.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { Ceiling } from '../authz/index.ts';
import { principalNamed } from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { fingerprint, randomId, randomSecret } from '../base/random.ts';
import { isStorableText } from '../doctype/plain-data.ts';
import {
  deleteSession,
  insertSession,
  insertToken,
  revokeToken,
  selectFullName,
  selectPassword,
  selectToken,
} from '../store/credentials.ts';
import type { Store } from '../store/store.ts';
import { auditSubject } from './audit-subject.ts';
import { type Caller, type Origin, systemCaller } from './caller.ts';
import { verifyPassword } from './password.ts';
import { SignInLimit } from './sign-in-limit.ts';
import { checkToken, type TokenRequest } from './token-request.ts';

const SIGN_IN = 'system:sign-in';
const CREDENTIAL = { kind: 'named', principal: SIGN_IN } as const;

/** Sessions and tokens kept in memory at most; that many people at once are far away. */
const KNOWN_MAX = 10_000;

export class Identity {
  private readonly store: Store;
  private readonly knownMax: number;
  /** Principals of fingerprints seen before: a hint that the database confirms. */
  private readonly known = new Map<string, string>();
  private readonly tokens = new Map<string, { id: string; ceiling: Ceiling }>();
  private readonly limit = new SignInLimit(Date.now);
  private readonly tokenLimit = new SignInLimit(Date.now);

  constructor(store: Store, knownMax = KNOWN_MAX) {
    this.store = store;
    this.knownMax = knownMax;
  }

  /**
   * Checks a password and opens a session. Users are named in lower case, and may write theirs as
   * they like. `unauthenticated` says nothing of what was wrong; `too_many_requests` comes before
   * the password is looked at.
   */
  async signIn(
    origin: Origin & { readonly agent: string | null },
    user: string,
    password: string,
  ): Promise<{ readonly secret: string; readonly caller: Caller }> {
    const name = isStorableText(user) ? user.toLowerCase() : '';
    await this.limit.attempt(origin.address, name, async () => {
      const [, found] = await this.store.run(CREDENTIAL, 'read', selectPassword(name));
      if (await verifyPassword(found?.rows[0]?.[0] ?? null, password)) return;
      await this.noteRefused(origin, 'sign in', name);
      throw new Refusal('unauthenticated', 'The e-mail address or the password is not right.');
    });
    const secret = randomSecret(32);
    return { secret, caller: await this.makeSession(origin, name, fingerprint(secret)) };
  }

  /** INVARIANT (audit-with-write): the session and its entry, which is the person's own. */
  private async makeSession(
    origin: Origin & { readonly agent: string | null },
    user: string,
    hash: Buffer,
  ): Promise<Caller> {
    const { address, agent } = origin;
    const session = { hash, user, hours: LIMITS.sessionHours, address, agent };
    return await this.store.record(CREDENTIAL, async (transaction) => {
      await transaction.run('create', insertSession(session));
      // The database refuses it where the person was disabled meanwhile: then it is not made.
      const credential = { kind: 'session', hash } as const;
      const opened = await transaction.continueAs(credential);
      const principal = principalNamed(opened.opening.principal);
      const caller: Caller = { ...origin, credential, principal };
      await appendWith(opened, 'create', auditSubject(caller), [allowed('sign in', principal.id)]);
      return caller;
    });
  }

  /** Ends the session at once. */
  async signOut(caller: Caller): Promise<void> {
    const { credential } = caller;
    if (credential.kind !== 'session') return;
    this.known.delete(keyOfSession(credential.hash));
    try {
      await this.store.record(credential, async (transaction) => {
        const event = allowed('sign out', caller.principal.id);
        await appendWith(transaction, 'delete', auditSubject(caller), [event]);
        await transaction.run('delete', deleteSession(credential.hash));
      });
    } catch (error) {
      // A session that has ended already is what was asked for.
      if (!(error instanceof Refusal && error.code === 'unauthenticated')) throw error;
    }
  }

  /** Throws `unauthenticated` for guests, and where the session or token is not valid now. */
  async confirm(caller: Caller): Promise<void> {
    if (caller.principal.kind === 'guest') {
      throw new Refusal('unauthenticated', 'Sign in first.');
    }
    await this.requireValid(caller).catch(async (error: unknown) => {
      await this.noteEnded(caller, error);
      throw error;
    });
  }

  /** Throws `unauthenticated` where the caller's session or token is none now; notes nothing. */
  async requireValid({ credential }: Caller): Promise<void> {
    await this.store.open(credential);
  }

  /** Forgets a caller whom the database did not take any more, and records it of a token. */
  async noteEnded(caller: Caller, error: unknown): Promise<void> {
    const { credential } = caller;
    if (!(error instanceof Refusal && error.code === 'unauthenticated')) return;
    if (credential.kind === 'session') this.known.delete(keyOfSession(credential.hash));
    if (credential.kind !== 'token') return;
    this.known.delete(keyOfToken(credential.key, credential.secretHash));
    await this.noteBadToken(caller, credential.key);
  }

  /**
   * Records that a token was refused. Its key is no secret; nothing else of it is kept. Throws
   * `too_many_requests` where that happens too often: each record is kept for good.
   */
  async noteBadToken(origin: Origin, key: string | null): Promise<void> {
    const refusal = new Refusal('unauthenticated', 'The token is not valid.');
    const work = async (): Promise<never> => {
      await this.noteRefused(origin, 'use token', key ?? '');
      throw refusal;
    };
    await this.tokenLimit.attempt(origin.address, key ?? '', work).catch((error: unknown) => {
      if (error !== refusal) throw error;
    });
  }

  /** The person's full name, as they may always see it themselves. */
  async fullName(caller: Caller): Promise<string> {
    const statement = selectFullName(caller.principal.id);
    const [, result] = await this.store.run(caller.credential, 'read', statement);
    return result?.rows[0]?.[0] ?? caller.principal.id;
  }

  /** The caller behind a session's secret; null where the session is not known or has ended. */
  async bySession(origin: Origin, secret: string): Promise<Caller | null> {
    const hash = fingerprint(secret);
    const credential = { kind: 'session', hash } as const;
    const id = await this.principalOf(keyOfSession(hash), credential);
    if (id === null) return null;
    return { ...origin, credential, principal: principalNamed(id) };
  }

  /** The caller behind `token KEY:SECRET`. The token's ceiling narrows whatever its user may do. */
  async byToken(origin: Origin, key: string, secret: string): Promise<Caller | null> {
    const secretHash = fingerprint(secret);
    const address = origin.address ?? '127.0.0.1';
    const credential = { kind: 'token', key, secretHash, address } as const;
    const id = await this.principalOf(keyOfToken(key, secretHash), credential);
    if (id === null) return null;
    const token = await this.tokenOf(key);
    return {
      ...origin,
      credential,
      principal: {
        ...principalNamed(id),
        actor: `token:${token.id}`,
        ceilings: [token.ceiling],
      },
    };
  }

  /** Makes a token for the caller themselves. The secret is given once and kept as a hash. */
  async makeToken(
    caller: Caller,
    request: TokenRequest,
  ): Promise<{ readonly id: string; readonly key: string; readonly secret: string }> {
    if (caller.credential.kind !== 'session') {
      throw new Refusal('forbidden', 'A token is made by a person who signed in, for themselves.');
    }
    checkToken(
      caller,
      request,
      await this.store.read(caller.credential, caller.principal.id, 'read', () => []),
    );
    const id = randomId(12);
    const key = randomSecret(12);
    const secret = randomSecret(32);
    const row = insertToken({
      id,
      key,
      secretHash: fingerprint(secret),
      user: caller.principal.id,
      label: request.label,
      ceiling: request.ceiling && JSON.stringify(request.ceiling),
      cidr: request.cidr,
      expires: request.expires,
    });
    await this.store.record(caller.credential, async (transaction) => {
      await transaction.run('create', row);
      await appendWith(transaction, 'create', auditSubject(caller), [allowed('make token', id)]);
    });
    return { id, key, secret };
  }

  /** Ends one of the caller's own tokens; another's answers like one that does not exist. */
  async endToken(caller: Caller, id: string): Promise<void> {
    const statement = revokeToken(isStorableText(id) ? id : '', caller.principal.id);
    await this.store.record(caller.credential, async (transaction) => {
      const [result] = await transaction.run('delete', statement);
      if (result?.rowCount !== 1) throw new Refusal('not_found', `Token \`${id}\` was not found.`);
      await appendWith(transaction, 'delete', auditSubject(caller), [allowed('end token', id)]);
    });
  }

  /** From what was seen before, or from the database; each request checks it again by itself. */
  private async principalOf(key: string, credential: Caller['credential']): Promise<string | null> {
    const before = this.known.get(key);
    if (before !== undefined) return before;
    try {
      const { principal } = await this.store.open(credential);
      this.remember(this.known, key, principal);
      return principal;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'unauthenticated') return null;
      throw error;
    }
  }

  private async tokenOf(key: string): Promise<{ id: string; ceiling: Ceiling }> {
    const before = this.tokens.get(key);
    if (before) return before;
    const [, result] = await this.store.run(CREDENTIAL, 'read', selectToken(key));
    const [id, ceiling] = result?.rows[0] ?? [];
    if (!id) throw new Refusal('unauthenticated', 'The token is not valid.');
    const limits = ceiling ? (JSON.parse(ceiling) as Omit<Ceiling, 'name'>) : {};
    const token = { id, ceiling: { name: `token ${id}`, ...limits } };
    this.remember(this.tokens, key, token);
    return token;
  }

  private remember<Value>(known: Map<string, Value>, key: string, value: Value): void {
    if (known.size >= this.knownMax) known.clear();
    known.set(key, value);
  }

  private async noteRefused(origin: Origin, action: string, name: string): Promise<void> {
    const caller = systemCaller(SIGN_IN, origin);
    const event = {
      ...allowed(action, name),
      outcome: 'refused',
      code: 'unauthenticated',
    } as const;
    await append(this.store, caller.credential, auditSubject(caller), [event]);
  }
}

function allowed(action: string, name: string): AuditEvent {
  return { action, doctype: null, name, outcome: 'allowed', code: null, detail: {} };
}

function keyOfSession(hash: Buffer): string {
  return hash.toString('base64');
}

function keyOfToken(key: string, secretHash: Buffer): string {
  return `${key} ${secretHash.toString('base64')}`;
}
