/** What an engine under measurement gives: answers, by its own public calls. */
import type { Action, BusinessDocument, Person, Workload } from './workload.ts';

export type Engine = {
  readonly name: string;
  /** Whether the person may do this to the document, asked as a caller of the engine would. */
  readonly check: (person: Person, action: Action, document: BusinessDocument) => boolean;
  /** Names of all documents that the person may read, in any order. */
  readonly list: (person: Person) => readonly string[];
};

/** Loads the workload's permissions; it may take its time. */
export type EngineLoader = (workload: Workload) => Engine;
