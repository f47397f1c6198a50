/** Anybody or anything with a name. */
export interface Named {
  readonly principalId?: string;
  readonly name?: string | null;
}

/** The last part of an ARN: what people call it. `arn:aws:iam::111111111111:role/team/Deployer` is `Deployer`. */
export function shortName(id: string): string {
  if (!id.startsWith('arn:')) return id;
  const rest = id.split(':').slice(5).join(':');
  const isIam = /^arn:[^:]*:(iam|sts):/.test(id);
  return isIam ? (rest.split('/').at(-1) ?? rest) : rest;
}

/** What a principal is called. */
export function nameOf({ principalId = '', name }: Named): string {
  return name ?? shortName(principalId);
}

/** The account in an ARN; null: it names none. */
export function accountIn(arn: string): string | null {
  const account = arn.split(':')[4] ?? '';
  return /^\d{12}$/.test(account) ? account : null;
}

/** An account as people say it. */
export function accountName(
  account: { readonly accountId: string; readonly name: string | null } | null | undefined,
): string {
  return account == null ? '' : (account.name ?? account.accountId);
}

/** 1 role, 2 roles. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}

/** Time until an instant: `59 min`, `3 h 20 min`. */
export function timeLeft(at: string, now: number): string {
  const minutes = Math.max(0, Math.ceil((Date.parse(at) - now) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

const SHOWN_TIME = { dateStyle: 'medium', timeStyle: 'short' } as const;

/** An instant, in the time of the browser. */
export function timeText(at: string): string {
  return new Date(at).toLocaleString('en', SHOWN_TIME);
}
