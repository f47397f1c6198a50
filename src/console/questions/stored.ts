import {
  ControlPolicyDocumentDocument,
  EndpointDocument,
  GroupDocumentsDocument,
  IdentityDocumentsDocument,
  ManagedPolicyDocumentDocument,
  ResourceDocumentDocument,
} from '../../generated/console/questions.ts';
import { type Answered, ask } from './ask.ts';

/** A document as it is stored now; without data: there is none, or the caller may not read it. */
export type Stored = Answered<unknown>;

function storedIn<Data>({ data, failure }: Answered<Data>, documentIn: (data: Data) => unknown): Stored {
  return { data: data === null ? null : (documentIn(data) ?? null), failure };
}

export async function storedManaged(arn: string): Promise<Stored> {
  return storedIn(
    await ask(ManagedPolicyDocumentDocument, { search: arn }),
    ({ policies }) => policies?.nodes.find((each) => each.arn === arn)?.document,
  );
}

export async function storedTrust(arn: string): Promise<Stored> {
  return storedIn(await ask(IdentityDocumentsDocument, { principal: arn }), ({ principal }) =>
    principal !== null && 'trustPolicy' in principal ? principal.trustPolicy : null,
  );
}

export async function storedInline(kind: 'User' | 'Group' | 'Role', holder: string, policy: string): Promise<Stored> {
  const { data: list, failure } = await (kind === 'Group' ? inlineOfGroup(holder) : inlineOf(holder));
  // Who may read the list knows what is not in it, whatever else it may not read.
  return list === null
    ? { data: null, failure }
    : { data: list.find(({ name }) => name === policy)?.document ?? null, failure: null };
}

type Inline = readonly { readonly name: string; readonly document: unknown }[];

async function inlineOfGroup(arn: string): Promise<Answered<Inline>> {
  const { data, failure } = await ask(GroupDocumentsDocument, { search: arn });
  return { data: data?.groups?.nodes.find((group) => group.arn === arn)?.inlinePolicies ?? null, failure };
}

async function inlineOf(arn: string): Promise<Answered<Inline>> {
  const { data, failure } = await ask(IdentityDocumentsDocument, { principal: arn });
  const found = data?.principal ?? null;
  return { data: found !== null && 'inlinePolicies' in found ? found.inlinePolicies : null, failure };
}

export async function storedOfResource(arn: string): Promise<Stored> {
  return storedIn(await ask(ResourceDocumentDocument, { arn }), ({ resource }) => resource?.policy);
}

/** `id`: the node's. */
export async function storedControl(id: string): Promise<Stored> {
  return storedIn(await ask(ControlPolicyDocumentDocument, { id }), ({ node }) =>
    node !== null && 'document' in node ? node.document : null,
  );
}

/** `id`: the node's. */
export async function storedEndpoint(id: string): Promise<Stored> {
  return storedIn(await ask(EndpointDocument, { id }), ({ node }) =>
    node !== null && 'policy' in node ? node.policy : null,
  );
}

/** Why something must not be taken away: it is not what somebody was shown. Null: it is. */
export async function changedSince(stored: () => Promise<Stored>, shown: unknown): Promise<string | null> {
  const { data, failure } = await stored();
  if (failure !== null && data === null) return failure.sentence;
  if (isSame(data, shown)) return null;
  return 'Somebody else has changed it since it was shown. Load the page again to see what is there now.';
}

/** Documents are given as they were written. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
