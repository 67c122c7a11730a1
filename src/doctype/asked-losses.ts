/** What a migration may lose, because somebody named it. Nothing, unless they did. */

export type AskedLosses = {
  /** Fields whose values may go: `Sales Invoice.remarks`. */
  readonly drop: ReadonlySet<string>;
  /** Fields whose values may be converted although some may not survive it. */
  readonly retype: ReadonlySet<string>;
};

export const NO_LOSSES: AskedLosses = { drop: new Set(), retype: new Set() };

/** How a field is named where its loss is asked for. */
export function lossName(doctype: string, fieldname: string): string {
  return `${doctype}.${fieldname}`;
}

/** The fields of one doctype that may go. */
export function dropsOf({ drop }: AskedLosses, doctype: string): string[] {
  const prefix = `${doctype}.`;
  return [...drop]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}
