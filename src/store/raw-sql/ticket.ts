/** The signed word by which a reporting transaction knows for whom its statement runs. */
import { hash } from 'node:crypto';
import type { Credential } from '../opening.ts';
import type { Statement } from '../statement.ts';
import type { ReportingBackend } from './reporting-connection.ts';

/** SHA-256 of a statement's text, in hexadecimal. */
export function digestOf(statement: string): string {
  return hash('sha256', statement);
}

/** Issues a ticket under a claim of action `report`; for a person, only by their sign-in. */
export function issueTicket(
  credential: Credential,
  statement: string,
  { pid, begun }: ReportingBackend,
): Statement {
  const [kind, proof] = proofOf(credential);
  return {
    text: 'select sys.issue_ticket($1, $2, $3, $4, $5)',
    values: [kind, proof, digestOf(statement), pid, begun],
  };
}

function proofOf(credential: Credential): [kind: string, proof: string] {
  switch (credential.kind) {
    case 'session':
      return ['session', credential.hash.toString('hex')];
    case 'token':
      return ['token', credential.key];
    case 'named':
      return ['named', ''];
  }
}
