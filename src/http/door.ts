/**
 * The HTTP door as one module, to be loaded where something is served: with the libraries that it
 * stands on it is two thirds of the program, and a command that asks one question needs none of it.
 */
export { inventoryOf } from './inventory.ts';
export { openapiOf } from './openapi.ts';
export { originsOf } from './origin-check.ts';
export { loadPage } from './page.ts';
export { ROUTES } from './routes/index.ts';
export { buildServer } from './server.ts';
export { answerWithNotice } from './while-preparing.ts';
