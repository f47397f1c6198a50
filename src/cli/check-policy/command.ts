import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { openCatalog } from '../../catalog/catalog.ts';
import { MAX_DOCUMENT_LENGTH } from '../../policy/load.ts';
import { CommandFailed } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import { plain } from '../plain.ts';
import type { Terminal } from '../terminal.ts';
import type { CheckPolicyCommand } from './arguments.ts';
import { type CheckedPolicy, checked } from './checked.ts';
import { allows, likelyKind } from './kind.ts';
import { printed } from './printed.ts';

/**
 * `rolegate check-policy`, without a directory. Returns the exit code: 1 if AWS would refuse the document, or a check is not passed.
 * Throws CommandFailed.
 */
export async function checkPolicy(
  command: CheckPolicyCommand,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<number> {
  const text = await documentAt(command.file, input);
  const against = command.against === null ? null : await documentAt(command.against, input);
  if (command.policyKind === null && dependsOnKind(command, text, against)) {
    throw new CommandFailed(
      'nothing is allowed here, and what a Deny leaves depends on the kind: give --kind (scp, rcp, identity, resource …)',
    );
  }
  const policyKind = command.policyKind ?? likelyKind(text);
  const tools = { catalog: await openCatalog(), now: Date.now() };
  const result = await checked(tools, command, { text, against, policyKind });
  terminal.out(printed(result, command));
  return isPassed(result) ? 0 : 1;
}

/** Whether documents that only deny are asked what they grant: as identity policies nothing, as control policies all that they do not deny. */
function dependsOnKind({ notGranted, on }: CheckPolicyCommand, text: string, against: string | null): boolean {
  const isAsked = against === null ? notGranted.length + on.length > 0 : !allows(against);
  return isAsked && !allows(text);
}

function isPassed({ findings, checks }: CheckedPolicy): boolean {
  return !findings.some(({ severity }) => severity === 'ERROR') && checks.every(({ passed }) => passed);
}

async function documentAt(path: string, input: NodeJS.ReadableStream): Promise<string> {
  const read = async (): Promise<string> => {
    if (path === '-') return textOf(input);
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw fileFailure(path, error);
    }
  };
  // A byte order mark is no part of the document.
  const text = (await read()).replace(/^\uFEFF/, '');
  if (text.length > MAX_DOCUMENT_LENGTH) {
    throw new CommandFailed(
      `${plain(path)}: ${text.length} characters; a policy document has at most ${MAX_DOCUMENT_LENGTH}`,
    );
  }
  return text;
}
