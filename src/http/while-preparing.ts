/** What a server answers while it prepares: a notice, and nothing else. */
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../base/errors.ts';
import { problemOf } from './problem.ts';

/** Seconds after which to ask again. */
const RETRY_SECONDS = 2;

/**
 * Answers every request with the notice until it is null: 503 `unavailable`, and for a browser a
 * page that loads itself anew. Whether the process lives can be asked all the same.
 */
export function answerWithNotice(server: FastifyInstance, notice: () => string | null): void {
  server.addHook('onRequest', async (request, reply) => {
    const text = notice();
    if (text === null || request.url === '/healthz') return;
    const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html');
    reply.code(503).header('Retry-After', String(RETRY_SECONDS));
    if (isPage) return reply.type('text/html; charset=utf-8').send(pageOf(text));
    // Not thrown: what is to be expected is nothing to log.
    const problem = problemOf(new Refusal('unavailable', text), request.id);
    return reply.type('application/problem+json').send(problem);
  });
}

/** `text` is one of our own sentences, never what somebody sent. */
function pageOf(text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bailiwick</title>
<meta http-equiv="refresh" content="${RETRY_SECONDS}">
<body style="font-family: system-ui; margin: 4rem auto; max-width: 32rem">
<h1>Bailiwick</h1><p role="status">${text}</p></body></html>
`;
}
