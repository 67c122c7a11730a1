/** One request to the API, and what can go wrong with it. */

/** A refusal of the API (RFC 9457), or the lack of any answer: then `status` is 0. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;

  constructor(status: number, code: string, detail: string, requestId: string | null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

export type RequestOptions = {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

/** Asks the API and gives its JSON. Throws `ApiError` for everything that is not an answer. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', body, signal } = options;
  const response = await answerOf(path, {
    method,
    credentials: 'same-origin',
    // A grant may have ended since: an answer is never taken from an earlier time.
    cache: 'no-store',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = await jsonOf(response);
  if (response.ok && answer !== null) return answer as T;
  throw problemOf(response.status, answer);
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', 'The server does not answer.', null);
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function problemOf(status: number, answer: unknown): ApiError {
  const { code, detail, request_id } = (answer ?? {}) as Record<string, unknown>;
  return new ApiError(
    status,
    typeof code === 'string' ? code : 'internal',
    typeof detail === 'string' ? detail : 'The server gave an answer that is not understood.',
    typeof request_id === 'string' ? request_id : null,
  );
}
