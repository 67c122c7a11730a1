/** The built-in apps' doctypes by name, as an installation has them. */
import { APPS } from '../../apps/all.ts';
import { completeDefinition } from '../../src/doctype/complete-definition.ts';
import type { Doctype } from '../../src/doctype/definition.ts';

export const APP_DOCTYPES: ReadonlyMap<string, Doctype> = new Map(
  APPS.flatMap((app) => app.doctypes.map(completeDefinition)).map((one) => [one.name, one]),
);
