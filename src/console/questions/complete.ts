import {
  CompleteActionsDocument,
  CompleteConditionKeysDocument,
  CompletePoliciesDocument,
  CompletePrincipalsDocument,
  CompleteResourcesDocument,
  CompleteRolesDocument,
} from '../../generated/console/questions.ts';
import { accountIn, accountName, nameOf } from '../names.ts';
import type { Option } from '../parts/combo.tsx';
import { ask } from './ask.ts';

// What the caller may not list is not offered, and can be typed.

const searchOf = (text: string): { readonly search: string | null } => ({ search: text === '' ? null : text });

export async function findPrincipals(text: string): Promise<readonly Option[]> {
  const { data } = await ask(CompletePrincipalsDocument, searchOf(text));
  return (data?.principals?.nodes ?? []).map(({ principalId, account, ...rest }) => ({
    value: principalId,
    text: nameOf({ principalId, ...rest }),
    hint: `${rest.__typename.toLowerCase()} · ${accountName(account)}`,
  }));
}

export async function findRoles(text: string): Promise<readonly Option[]> {
  const { data } = await ask(CompleteRolesDocument, searchOf(text));
  return (data?.roles?.nodes ?? []).map(({ arn, name, account }) => ({
    value: arn,
    text: name,
    hint: accountName(account),
  }));
}

export async function findResources(text: string): Promise<readonly Option[]> {
  const { data } = await ask(CompleteResourcesDocument, searchOf(text));
  return (data?.resources?.nodes ?? []).map(({ arn, service, account }) => ({
    value: arn,
    hint: `${service} · ${accountName(account)}`,
  }));
}

export async function findPolicies(text: string): Promise<readonly Option[]> {
  const { data } = await ask(CompletePoliciesDocument, searchOf(text));
  return (data?.policies?.nodes ?? []).map(({ arn, name }) => ({
    value: arn,
    text: name,
    hint: accountIn(arn) ?? 'AWS',
  }));
}

export async function findActions(text: string): Promise<readonly Option[]> {
  const { data } = await ask(CompleteActionsDocument, searchOf(text));
  return (data?.actions?.nodes ?? []).map(({ name, description }) => ({
    value: name,
    ...(description !== null && { hint: description }),
  }));
}

export async function findConditionKeys(text: string): Promise<readonly Option[]> {
  const { data } = await ask(CompleteConditionKeysDocument, searchOf(text));
  return (data?.conditionKeys?.nodes ?? []).map(({ name, type, isMultivalued }) => ({
    value: name,
    hint: `${type.toLowerCase()}${isMultivalued ? ', a list' : ''}`,
  }));
}

/** Forms of the ARNs that an action is about; `*` alone where it is about none. Null: the catalogue does not know the action. */
export async function resourceForms(action: string): Promise<readonly string[] | null> {
  const { data } = await ask(CompleteActionsDocument, { search: action });
  const known = data?.actions?.nodes.find(({ name }) => name.toLowerCase() === action.toLowerCase());
  if (known === undefined) return null;
  const forms = known.resourceTypes.flatMap(({ arnFormats }) => arnFormats).map(readable);
  return forms.length === 0 ? ['*'] : forms;
}

/** `arn:${Partition}:s3:::${BucketName}` as `arn:aws:s3:::BucketName`. */
function readable(form: string): string {
  return form.replaceAll('${Partition}', 'aws').replaceAll(/\$\{(\w+)\}/g, '$1');
}
