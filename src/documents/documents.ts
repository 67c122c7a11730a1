/** The engine: every operation on documents, for every door. */
import { append } from '../audit/append.ts';
import type { AuditEvent } from '../audit/entry.ts';
import { Refusal } from '../base/errors.ts';
import type { Doctype } from '../doctype/definition.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import type { Caller } from '../identity/caller.ts';
import type { AggregateRequest } from './aggregate-query.ts';
import { asOneRefusal, type BulkChange, runBulk } from './bulk.ts';
import type { ListRequest } from './list-query.ts';
import { aggregateDocuments } from './operations/aggregate.ts';
import { answerAgain, type WrittenDocument } from './operations/answer-again.ts';
import { listBelongings } from './operations/belongings.ts';
import { type DoctypeCard, describeDoctype, listDoctypes } from './operations/describe.ts';
import { type HistoryPage, readVersion, readVersions, type Version } from './operations/history.ts';
import { countDocuments, listDocuments, type Page } from './operations/list.ts';
import { readDocument } from './operations/read.ts';
import { type EveryDocument, readEvery } from './operations/read-every.ts';
import {
  type Found,
  type LinkChoice,
  type LinkRequest,
  type SearchRequest,
  searchDocuments,
  searchLinks,
} from './operations/search.ts';
import { selectableNames } from './operations/selectable.ts';
import { readTimeline, type TimelineEntry } from './operations/timeline.ts';
import { runBatch, runWrite, type WriteRequest } from './pipeline.ts';
import { SeveralRefused } from './several-refused.ts';
import { maskDocument, type WireDocument } from './steps/mask-answer.ts';
import { type Change, runTogether, type Together } from './together.ts';
import type { Engine, WriteOperation } from './work.ts';

export type { Found, TimelineEntry, Version, WireDocument };

export class Documents {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** One page of the documents that the caller may read. */
  async list(caller: Caller, doctype: string, request: ListRequest): Promise<WireDocument[]> {
    return [...(await this.page(caller, doctype, request)).documents];
  }

  /** The same, with the cursor of the next page and, where it is asked, the total. */
  async page(caller: Caller, doctype: string, request: ListRequest): Promise<Page> {
    return await this.audited(caller, 'list', doctype, null, () =>
      listDocuments(this.engine, caller, doctype, request),
    );
  }

  /** How many documents the caller may read that meet the filters. */
  async count(caller: Caller, doctype: string, filters: unknown): Promise<number> {
    return await this.audited(caller, 'count', doctype, null, () =>
      countDocuments(this.engine.store, caller, doctype, filters),
    );
  }

  /** Groups of the documents that the caller may read, each with its measures. */
  async aggregate(
    caller: Caller,
    doctype: string,
    request: AggregateRequest,
  ): Promise<WireDocument[]> {
    return await this.audited(caller, 'aggregate', doctype, null, () =>
      aggregateDocuments(this.engine.store, caller, doctype, request),
    );
  }

  /** The best of the documents that the caller may read, by words of them. */
  async search(caller: Caller, request: SearchRequest): Promise<Found[]> {
    return await this.audited(caller, 'search', request.doctype ?? '', null, () =>
      searchDocuments(this.engine.store, caller, request),
    );
  }

  /** Documents that the caller may link to, by words of their names and titles. */
  async searchLinks(caller: Caller, doctype: string, request: LinkRequest): Promise<LinkChoice[]> {
    return await this.audited(caller, 'search', doctype, null, () =>
      searchLinks(this.engine.store, caller, doctype, request),
    );
  }

  /** One document. */
  async read(caller: Caller, doctype: string, name: string): Promise<WireDocument> {
    return await this.audited(caller, 'read', doctype, name, () =>
      readDocument(this.engine.store, caller, doctype, name),
    );
  }

  /** What was changed of a document, the newest first. */
  async versions(
    caller: Caller,
    doctype: string,
    name: string,
    page: HistoryPage,
  ): Promise<Version[]> {
    return await this.audited(caller, 'history', doctype, name, () =>
      readVersions(this.engine.store, caller, doctype, name, page),
    );
  }

  /** A document as one of its versions left it. */
  async version(
    caller: Caller,
    doctype: string,
    name: string,
    version: number,
  ): Promise<WireDocument> {
    return await this.audited(caller, 'history', doctype, name, () =>
      readVersion(this.engine.store, caller, doctype, name, version),
    );
  }

  /** What belongs to a document, of one kind such as `Comment`, the newest first. */
  async belongings(
    caller: Caller,
    doctype: string,
    name: string,
    kind: string,
    page: HistoryPage,
  ): Promise<WireDocument[]> {
    return await this.audited(caller, 'read', doctype, name, () =>
      listBelongings(this.engine.store, caller, doctype, name, kind, page),
    );
  }

  /** What was changed of a document and what was said about it, the newest first. */
  async timeline(
    caller: Caller,
    doctype: string,
    name: string,
    page: HistoryPage,
  ): Promise<TimelineEntry[]> {
    return await this.audited(caller, 'history', doctype, name, () =>
      readTimeline(this.engine.store, caller, doctype, name, page),
    );
  }

  /**
   * Creates, changes or ends a document, and gives it as the caller may see it then: null where
   * they may not, or where it is gone.
   */
  async write(
    caller: Caller,
    operation: WriteOperation,
    request: WriteRequest,
  ): Promise<{ readonly name: string; readonly document: WireDocument | null }> {
    return await this.audited(caller, operation, request.doctype, request.name, async () => {
      const work = await runWrite(this.engine, caller, operation, request);
      const target = { ...work, moment: work.momentAfter ?? work.moment };
      const document =
        operation === 'delete' ? null : maskDocument(target, work.after, work.decision);
      return { name: work.renaming?.to ?? work.name ?? '', document };
    });
  }

  /**
   * Makes changes of several doctypes in one transaction, all or none, and gives the documents as
   * the caller may see them then: null where they may not, or where one is gone. The errors of a
   * refusal name the change as `changes.3`.
   */
  async bulk(caller: Caller, changes: readonly BulkChange[]): Promise<(WireDocument | null)[]> {
    try {
      const works = await runBulk(this.engine, caller, changes);
      return works.map((work) =>
        work.operation === 'delete' ? null : maskDocument(work, work.after),
      );
    } catch (error) {
      const refused = error instanceof SeveralRefused ? error.refusals : [];
      await this.note(caller, eventsOf(refused, changes));
      throw refused.length > 0 ? asOneRefusal(refused) : error;
    }
  }

  /** Throws `AlreadyDone` where what the caller wants once was done before. */
  async requireNew({ credential, once }: Caller): Promise<void> {
    if (once) await this.engine.store.requireNew(credential, once);
  }

  /** The documents that a request wrote, each as the caller may see it now: null where not. */
  async answerAgain(
    caller: Caller,
    written: readonly WrittenDocument[],
  ): Promise<(WireDocument | null)[]> {
    return await answerAgain(this.engine.store, caller, written);
  }

  /** Brings documents of one doctype in with the names they have, all or none of them. */
  async import(
    caller: Caller,
    doctype: string,
    documents: readonly { readonly name: string; readonly values: object }[],
  ): Promise<void> {
    const requests = documents.map(({ name, values }) => ({
      name,
      input: values,
      expectedModified: null,
    }));
    await this.audited(caller, 'import', doctype, null, () =>
      runBatch(this.engine, caller, 'import', doctype, requests),
    );
  }

  /** Every document of a doctype with its rows: all of them, or `forbidden`. */
  async readEvery(caller: Caller, doctype: string): Promise<EveryDocument> {
    return await this.audited(caller, 'list', doctype, null, () =>
      readEvery(this.engine.store, caller, doctype),
    );
  }

  /** Of these names, those of documents that the caller may link to. */
  async selectable(
    caller: Caller,
    doctype: string,
    names: readonly string[],
  ): Promise<ReadonlySet<string>> {
    return await selectableNames(this.engine.store, caller, doctype, names);
  }

  /**
   * Changes permission records of several doctypes, all or none, and gives their names. Throws
   * `SeveralRefused`, which says what is wrong with which of them.
   */
  async together(
    caller: Caller,
    changes: readonly Change[],
    how: Together,
  ): Promise<readonly string[]> {
    try {
      return await runTogether(this.engine, caller, changes, how);
    } catch (error) {
      const refused =
        error instanceof SeveralRefused ? error.refusals : [{ index: 0, refusal: error }];
      await this.note(caller, eventsOf(refused, changes));
      throw error;
    }
  }

  /** The doctypes that the caller may read at all, for menus. */
  async doctypes(caller: Caller): Promise<DoctypeCard[]> {
    return await listDoctypes(this.engine.store, caller);
  }

  /** A doctype as the caller may see it: without fields that are readable to them nowhere. */
  async describe(caller: Caller, doctype: string): Promise<Doctype> {
    return await this.audited(caller, 'describe', doctype, null, () =>
      describeDoctype(this.engine.store, caller, doctype),
    );
  }

  /** Refusals are committed to the audit log before the answer leaves. */
  private async audited<Value>(
    caller: Caller,
    action: string,
    doctype: string,
    name: string | null,
    work: () => Promise<Value>,
  ): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      await this.note(caller, refusedEvent(action, doctype, name, error));
      throw error;
    }
  }

  private async note(caller: Caller, events: readonly AuditEvent[]): Promise<void> {
    if (events.length === 0) return;
    await append(this.engine.store, caller.credential, auditSubject(caller), events);
  }
}

/** What is recorded of changes that were refused, of those that were asked for together. */
function eventsOf(
  refused: readonly { readonly index: number; readonly refusal: unknown }[],
  changes: readonly (WriteRequest & { readonly operation: WriteOperation })[],
): AuditEvent[] {
  return refused.flatMap(({ index, refusal }) => {
    const { operation, doctype = '', name = null } = changes[index] ?? {};
    return refusedEvent(operation ?? 'update', doctype, name, refusal);
  });
}

/** What is recorded of an error: refusals of access only. */
function refusedEvent(
  action: string,
  doctype: string,
  name: string | null,
  error: unknown,
): AuditEvent[] {
  if (!(error instanceof Refusal) || !ACCESS_REFUSALS.has(error.code)) return [];
  return [{ action, doctype, name, outcome: 'refused', code: error.code, detail: {} }];
}

const ACCESS_REFUSALS = new Set([
  'forbidden',
  'not_found',
  'unknown_doctype',
  'self_gain',
  'outside_authority',
  'approval_required',
  'unknown_field',
  'link_not_found',
]);
