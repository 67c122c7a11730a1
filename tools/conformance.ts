/**
 * Conformance to protocols of others, against a server that is started for it: `npm run
 * conformance`. Prints what passed, failed and does not apply, with the reason; exit status 1
 * where anything failed.
 */
import { CERTIFICATION } from './conformance/authzen-certification.ts';
import { SEARCH_SCENARIO } from './conformance/authzen-search.ts';
import { withServer } from './conformance/authzen-server.ts';
import { isConformant, runCases, tableOf } from './conformance/case.ts';

const cases = [...CERTIFICATION, ...SEARCH_SCENARIO];
const outcomes = await withServer(async (client) => await runCases(cases, client));
console.log(`AuthZEN, Authorization API 1.0\n\n${tableOf(outcomes)}`);
process.exitCode = isConformant(outcomes) ? 0 : 1;
