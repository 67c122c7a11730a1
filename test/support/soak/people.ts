/** Who takes part in the soak: people of the demo, each with a part of their own. */

const person = (name: string): string => `${name}@demo.test`;

/** Gives roles, ends grants, and keeps groups and rules. */
export const GIVER = person('permission-manager');
/** Shares invoices, and ends shares. */
export const SHARER = person('accounts-manager');
/** Moves cost centers. */
export const MOVER = person('system-manager');
/** Asks what others may do. */
export const INSPECTOR = person('hr-manager');

/** Whose access changes. */
export const SUBJECTS = [
  person('branch-accountant'),
  person('new-hire'),
  person('assistant-user'),
  person('employee'),
  person('storekeeper'),
  person('auditor'),
] as const;

/** Of the writers, one may always write everything: something is always there to be seen. */
export const WRITERS = [SHARER, SUBJECTS[0], SUBJECTS[1], SUBJECTS[4]] as const;

export const READERS = [...SUBJECTS, SHARER, INSPECTOR] as const;

export const EVERYBODY = [...new Set([GIVER, MOVER, ...READERS])];
