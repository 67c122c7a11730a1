import type { AuditSubject } from '../audit/entry.ts';
import type { Caller } from './caller.ts';

/** Who an audit entry is about. */
export function auditSubject(caller: Caller): AuditSubject {
  return {
    principal: caller.principal.id,
    actor: caller.principal.actor,
    requestId: caller.requestId,
    door: caller.door,
    address: caller.address,
  };
}
