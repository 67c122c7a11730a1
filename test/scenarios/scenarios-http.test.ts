/**
 * Every scenario at the last door: a real server, people who signed in and their tokens. Each
 * line is asked by what it is about, and its reason by `/api/access/explain`: by the person, and
 * by somebody with `inspect` who asks about them.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Census } from '../properties/census.ts';
import { type DemoServer, serverOn } from '../support/demo-server.ts';
import { HttpDoor } from './http-door.ts';
import { readScenarios } from './read-scenarios.ts';
import { ScenarioDatabase } from './scenario-database.ts';

const census = new Census();
let database: ScenarioDatabase;
let server: DemoServer;
let door: HttpDoor;

before(async () => {
  database = await ScenarioDatabase.open();
  server = await serverOn(database.clone);
  door = await HttpDoor.open(server, database, census);
});

after(async () => {
  await database.close();
  await server.stop();
});

for (const { file, name, stages, leftOut } of readScenarios()) {
  test(`${file}: ${name}`, { skip: leftOut.get('http') ?? false }, async () => {
    for (const stage of stages) {
      await database.load(stage);
      await door.ask(stage);
    }
    assert.deepEqual(server.errors, []);
  });
}

test('this door has been asked enough, by each of its ways', (t) => {
  census.requires(t, {
    'read allowed': 150,
    'read denied': 200,
    'write allowed': 15,
    'write denied': 30,
    'create allowed': 4,
    'create denied': 4,
    'explained allowed': 250,
    'explained denied': 300,
    'inspected allowed': 200,
    'inspected denied': 300,
  });
});
