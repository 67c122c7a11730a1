/** `preview`: what a change written in a file would give and take. */
import { readFile } from 'node:fs/promises';
import type { PreviewAnswer, PreviewRequest } from '../access/access.ts';
import { Refusal } from '../base/errors.ts';
import type { PreviewCommand } from '../cli/actions.ts';
import { noteUse } from './audit-use.ts';
import type { Root } from './system.ts';
import { withCaller } from './with-caller.ts';

/** Reads `{add, remove}` as JSON. The use is audited. */
export async function preview(root: Root, { file, as }: PreviewCommand): Promise<PreviewAnswer> {
  const request = await readRequest(file);
  return await withCaller(root, as, async (system, caller) => {
    const answer = await system.access.preview(caller, request);
    await noteUse(system, caller, 'preview', { gained: answer.gained, lost: answer.lost });
    return answer;
  });
}

async function readRequest(file: string): Promise<PreviewRequest> {
  let request: unknown;
  try {
    request = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const detail = `${file} cannot be read as JSON: ${(cause as Error).message}`;
    throw new Refusal('bad_value', detail, { cause });
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new Refusal('bad_value', `${file} must hold {"add": […], "remove": […]}.`);
  }
  const stray = Object.keys(request).find((key) => key !== 'add' && key !== 'remove');
  if (stray !== undefined) throw new Refusal('unknown_parameter', `${file} has \`${stray}\`.`);
  return request;
}
