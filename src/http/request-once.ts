/**
 * Requests that are sent again after a broken connection are done once, by their `Idempotency-Key`.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { Refusal } from '../base/errors.ts';
import { AlreadyDone, onceByKey } from '../documents/operations/answer-again.ts';
import type { Caller } from '../identity/caller.ts';
import type { Route, RouteContext } from './route.ts';

const HEADER = 'idempotency-key';

/** Handles the request, or answers what it did before, with `Idempotency-Replayed: true`. */
export async function handleOnce(
  route: Route,
  context: RouteContext,
  url: string,
): Promise<unknown> {
  const { services, caller, reply } = context;
  const keyed = keyedCaller(route, context, url);
  if (keyed === null) return await route.handle(context);
  try {
    // Before the handler looks at anything: what it would look at may be changed by the first time.
    await services.documents.requireNew(keyed);
    return await route.handle({ ...context, caller: keyed });
  } catch (error) {
    if (!(error instanceof AlreadyDone) || !route.again) throw error;
    reply.header('Idempotency-Replayed', 'true');
    return route.again(await services.documents.answerAgain(caller, error.documents), reply);
  }
}

/** The caller with the key of this request; null where there is none to heed. */
function keyedCaller(route: Route, context: RouteContext, url: string): Caller | null {
  const { services, caller, header, body } = context;
  const text = header(HEADER);
  // Questions are asked by POST, too; what they leave in the log is refusals and marked reads.
  const isQuestion = route.method === 'GET' || route.audit.startsWith('refusals');
  if (text === undefined || isQuestion) return null;
  if (!route.again) {
    // Whoever sends a key relies on it: one that is dropped would do a thing twice.
    throw new Refusal('unknown_parameter', 'This route takes no Idempotency-Key.');
  }
  if (caller.principal.kind === 'guest') {
    throw new Refusal('bad_value', 'Sign in to send an Idempotency-Key: guests are one to it.');
  }
  const said = {
    route: `${route.method} ${route.path}`,
    url,
    ifMatch: header('if-match') ?? null,
    body,
  };
  return { ...caller, once: onceByKey(services.requestKeys(text, said)) };
}
