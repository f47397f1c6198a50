import type { KnownHat } from './hats.ts';
import { accountIn } from './names.ts';

/** Where a role is switched to with a click, as AWS's console has it: `/switch-role?account=…&role=…&display=…`. */
export function switchAddress({ role, display, colour }: Pick<KnownHat, 'role'> & Partial<KnownHat>): string {
  const path = role.split(':role/')[1] ?? role;
  const query = new URLSearchParams({
    account: accountIn(role) ?? '',
    role: path,
    ...(display !== undefined && { display }),
    ...(colour !== undefined && { color: colour }),
  });
  return `/switch-role?${query.toString()}`;
}

/** The role of such an address; null: it names none. A whole ARN may stand for the role, too. */
export function roleIn(account: string, role: string): string | null {
  const name = role.trim();
  if (/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(name)) return name;
  return /^\d{12}$/.test(account.trim()) && /^[\w+=,.@/-]+$/.test(name)
    ? `arn:aws:iam::${account.trim()}:role/${name}`
    : null;
}
