/** Reads the scenario files. What is unknown, missing, doubled or left unsaid is an error. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { completeLines } from './complete-lines.ts';
import {
  joinParts,
  NO_PARTS,
  PART_KEYS,
  type PartPieces,
  type Parts,
  readParts,
  removeParts,
} from './parts.ts';
import { Piece, required } from './piece.ts';
import { putTogether } from './put-together.ts';
import { readSentence, type Sentence } from './read-line.ts';
import { DOORS, type Door, type Scenario, type Stage, type Visibility } from './scenario.ts';

const FOLDER = new URL('.', import.meta.url);

/** All scenarios of this folder, in the order of the files. Throws `FormatError`. */
export function readScenarios(): Scenario[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
  const scenarios = files
    .sort()
    .flatMap((file) => readScenarioFile(file, readFileSync(new URL(file, FOLDER), 'utf8')));
  const names = scenarios.map(({ name }) => name);
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) new Piece(null, double).fail('is the name of two scenarios');
  return scenarios;
}

/** The scenarios of one file: `world` is what all of them begin with. */
export function readScenarioFile(file: string, text: string): Scenario[] {
  const root = new Piece(parse(text, { strict: true, uniqueKeys: true }), file);
  const fields = root.fields('about', 'world', 'scenarios');
  required(root, fields, 'about').text();
  const base = fields.world ? readParts(fields.world.fields(...PART_KEYS)) : NO_PARTS;
  const items = required(root, fields, 'scenarios').items();
  if (items.length === 0) root.fail('holds no scenario');
  return items.map((item) => readScenario(file, item, base));
}

function readScenario(file: string, piece: Piece, base: Parts): Scenario {
  const fields = piece.fields(
    ...(['name', 'why', 'answers', 'doors', 'expect', 'then', ...PART_KEYS] as const),
  );
  const name = required(piece, fields, 'name').text();
  const at = new Piece(piece.value, `${file} › ${name}`);
  const why = required(at, fields, 'why').text();
  let parts = joinParts(at, base, readParts(partsIn(fields)));
  const stages = [readStage(at, 'at first', parts, required(at, fields, 'expect'))];
  for (const item of fields.then?.items() ?? []) {
    const later = item.fields(...(['change', 'without', 'expect', ...PART_KEYS] as const));
    parts = joinParts(item, removeParts(parts, later.without), readParts(partsIn(later)));
    const title = required(item, later, 'change').text();
    stages.push(readStage(item, title, parts, required(item, later, 'expect')));
  }
  return {
    ...{ file, name, why, stages },
    answers: fields.answers?.oneOrMore().map((item) => item.text()) ?? [],
    leftOut: doorsOf(fields.doors),
  };
}

function partsIn(fields: PartPieces): PartPieces {
  const found = PART_KEYS.flatMap((key) => (fields[key] ? [[key, fields[key]]] : []));
  return Object.fromEntries(found) as PartPieces;
}

function readStage(owner: Piece, title: string, parts: Parts, expect: Piece): Stage {
  const surroundings = putTogether(owner, parts);
  const sentences: Sentence[] = [];
  const visibilities: Visibility[] = [];
  for (const item of expect.items()) {
    const sentence = readSentence(item, surroundings);
    if ('action' in sentence) sentences.push(sentence);
    else visibilities.push(sentence);
  }
  if (sentences.length === 0) owner.fail('expects nothing');
  const lines = completeLines(expect, sentences, surroundings);
  return { title, ...surroundings, lines, visibilities };
}

/** Doors that a scenario leaves out, each with its reason. One at least is left. */
function doorsOf(piece: Piece | undefined): ReadonlyMap<Door, string> {
  const fields = piece?.fields(...DOORS) ?? {};
  const leftOut = new Map<Door, string>();
  for (const door of DOORS) {
    const reason = fields[door]?.text();
    if (reason !== undefined) leftOut.set(door, reason);
  }
  if (piece && (leftOut.size === 0 || leftOut.size === DOORS.length)) {
    piece.fail('takes the doors that are left out, and why; not all of them');
  }
  return leftOut;
}
