import type { Row, WantedRows } from './read-rows.ts';

/** What can be found: the models that lists are made of. */
export type FindKind = 'Account' | 'Group' | 'ManagedPolicy' | 'Resource' | 'Role' | 'User';

/** How an entity uses a managed policy, in the words of iam:ListEntitiesForPolicy. */
export type PolicyUsage = 'PERMISSIONS_BOUNDARY' | 'PERMISSIONS_POLICY';

/** Entries of one kind. */
export interface FindScope {
  readonly kind: FindKind;
  /**
   * Only those of these accounts; null: of all. AWS managed policies belong to no account: they are of the accounts in which
   * they are attached or are a boundary.
   */
  readonly accountIds: readonly string[] | null;
  /** Whether entries of other accounts must not even take time. Then the indexes for searches are not used. */
  readonly apart?: boolean;
  /** Only accounts of this organization. Left out: of all, and of none. */
  readonly organizationId?: string;
  /** Only those with these ARNs. Left out: all. */
  readonly arns?: readonly string[];
}

/** Conditions on entries. An entry must meet all that are given and that its kind has. */
export interface FindFilter {
  /**
   * A part of the ARN, the name or the id, without regard to case. If it has fewer than `MIN_SUBSTRING` characters: the beginning
   * of the name.
   */
  readonly search?: string;
  /** The beginning of the path. */
  readonly path?: string;
  /** Value null: any. Keys are compared without regard to case. */
  readonly tag?: { readonly key: string; readonly value: string | null };
  /** Accounts of this organization. */
  readonly organizationId?: string;
  /** Accounts directly in this organizational unit; null: directly under the root. */
  readonly unitId?: string | null;
  /** Users in the group with this ARN. */
  readonly groupArn?: string;
  /** Users, groups and roles that have the policy with this ARN attached, or as their boundary; usage null: either. */
  readonly usedPolicy?: { readonly arn: string; readonly usage: PolicyUsage | null };
  /** Policies that an entity of this account has attached, or as its boundary: in all of these ways. */
  readonly usedIn?: { readonly accountId: string; readonly usages: readonly PolicyUsage[] };
  /** Policies made by AWS, or by customers. */
  readonly policyScope?: 'AWS' | 'CUSTOMER';
  /** Policies attached to the user, group or role with this ARN. */
  readonly attachedTo?: string;
  /** Resources of these services, by prefix. */
  readonly services?: readonly string[];
  /** Resources with, or without, a resource-based policy. */
  readonly hasPolicy?: boolean;
}

/** A sort key. Not every kind has every one. */
export type FindOrderField = 'ARN' | 'CREATED_AT' | 'ID' | 'NAME';

/** Entries with the same key are in the order of their ids. */
export interface FindOrder {
  readonly field: FindOrderField;
  readonly descending: boolean;
}

/** The place of an entry in an order. It remains a place when the entry is gone. */
export interface FindPlace {
  readonly key: string;
  readonly id: string;
}

/** The entries of all scopes that meet the filter. */
export interface FindSelection {
  readonly scopes: readonly FindScope[];
  readonly filter: FindFilter;
}

export interface FindPage extends FindSelection {
  readonly order: FindOrder;
  readonly after?: FindPlace;
  readonly before?: FindPlace;
  readonly limit: number;
  /** True: the last ones, from the end. Left out: the first ones. */
  readonly fromEnd?: boolean;
}

/** An entry, with what its type always reads. */
export interface Found extends FindPlace {
  readonly kind: FindKind;
  /** Of an account: its id. */
  readonly arn: string;
  /** Of a resource; null for all others. */
  readonly accountId: string | null;
  /** Of a managed policy with a known document; null for all others. */
  readonly defaultVersionId: string | null;
}

/** Lists of entities. */
export interface FindStore {
  /** One statement for up to 100 pages, in the order of `pages`. */
  pages(pages: readonly FindPage[]): Promise<readonly (readonly Found[])[]>;
  /** The number of entries of each selection. One statement for up to 100. */
  counts(selections: readonly FindSelection[]): Promise<readonly number[]>;
  /** Columns of the entries of a list, in one statement. */
  rows(wanted: WantedRows): Promise<readonly Row[]>;
}
