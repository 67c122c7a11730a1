/** One difference between files and system, and the changes that would make them the same. */
import type { Change } from '../../documents/together.ts';
import type { PreviewAdded, PreviewRemoved } from './effect.ts';
import type { Problem } from './problem.ts';
import type { InFile, InSystem, Where } from './records.ts';

export type DifferenceKind = 'role' | 'rule' | 'group' | 'member' | 'grant' | 'authority' | 'share';

/** `only in the system`: the files do not speak of it, and it goes only where that is asked for. */
export type Outcome = 'added' | 'changed' | 'only in the system';

export type Difference = {
  readonly kind: DifferenceKind;
  readonly outcome: Outcome;
  /** The record in words, as it will be. */
  readonly subject: string;
  /** Of a change, what is different. */
  readonly details: readonly string[];
  /** The document's name, where it is in the system. */
  readonly name: string | null;
  readonly where: Where | null;
  readonly add: readonly PreviewAdded[];
  readonly remove: readonly PreviewRemoved[];
};

/** A change with the place that asks for it, null where none does. */
export type PlannedChange = {
  readonly change: Change;
  readonly subject: string;
  readonly where: Where | null;
};

type Input = Readonly<Record<string, unknown>>;

/** Kinds whose records open documents by themselves; the others only through these. */
const PREVIEWED: ReadonlySet<DifferenceKind> = new Set([
  ...['role', 'rule', 'group', 'member', 'grant', 'share'],
] as DifferenceKind[]);
/** A role or group without anything in it opens nothing; members go by group and user. */
const REMOVED: ReadonlySet<DifferenceKind> = new Set(['rule', 'grant', 'share']);

/** Gathers what differs in the records of one doctype. */
export class Differences {
  readonly found: Difference[] = [];
  readonly problems: Problem[] = [];
  readonly creates: PlannedChange[] = [];
  readonly updates: PlannedChange[] = [];
  readonly removals: PlannedChange[] = [];
  private readonly kind: DifferenceKind;
  private readonly doctype: string;

  constructor(kind: DifferenceKind, doctype: string) {
    this.kind = kind;
    this.doctype = doctype;
  }

  added(subject: string, { where }: InFile, input: Input): void {
    this.note('added', subject, { where, add: this.addOf(input) });
    this.create(subject, where, input);
  }

  onlyStored(subject: string, stored: InSystem): void {
    const { name } = stored;
    this.note('only in the system', subject, { name, remove: this.removeOf(name) });
    this.remove(subject, stored, null);
  }

  /** Changed where it stands. */
  updated(
    subject: string,
    details: readonly string[],
    { where }: InFile,
    { name, modified }: InSystem,
    input: Input,
    preview: Input | null,
  ): void {
    const [add, remove] = preview === null ? [] : [this.addOf(preview), this.removeOf(name)];
    this.note('changed', subject, { details, name, where, add, remove });
    this.update(subject, where, { name, modified }, input);
  }

  /** A change that is told by the differences of its parts. */
  update(subject: string, where: Where, { name, modified }: InSystem, input: Input): void {
    const change = { doctype: this.doctype, name, input, expectedModified: modified };
    this.updates.push({ change: { operation: 'update', ...change }, subject, where });
  }

  /** Ended and given again, because such a record is never changed. */
  replaced(
    subject: string,
    details: readonly string[],
    { where }: InFile,
    stored: InSystem,
    input: Input,
  ): void {
    const { name } = stored;
    const preview = { add: this.addOf(input), remove: this.removeOf(name) };
    this.note('changed', subject, { details, name, where, ...preview });
    this.create(subject, where, input);
    this.remove(subject, stored, where);
  }

  /** A difference that some other change brings about. */
  note(
    outcome: Outcome,
    subject: string,
    more: { readonly [Key in keyof Difference]?: Difference[Key] | undefined },
  ): void {
    this.found.push({
      ...{ kind: this.kind, outcome, subject },
      details: more.details ?? [],
      name: more.name ?? null,
      where: more.where ?? null,
      add: more.add ?? [],
      remove: more.remove ?? [],
    });
  }

  addOf(input: Input): PreviewAdded[] {
    return PREVIEWED.has(this.kind) ? [{ type: this.kind, ...input }] : [];
  }

  removeOf(name: string): PreviewRemoved[] {
    return REMOVED.has(this.kind) ? [{ type: this.kind, name }] : [];
  }

  private create(subject: string, where: Where | null, input: Input): void {
    const change = { doctype: this.doctype, name: null, input, expectedModified: null };
    this.creates.push({ change: { operation: 'create', ...change }, subject, where });
  }

  private remove(subject: string, { name, modified }: InSystem, where: Where | null): void {
    const change = { doctype: this.doctype, name, input: null, expectedModified: modified };
    this.removals.push({ change: { operation: 'delete', ...change }, subject, where });
  }
}
