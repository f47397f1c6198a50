import type { Account } from './account.ts';
import type { Collector } from './collector.ts';
import { member } from './json.ts';
import { ACCOUNT, ACCOUNT_REGIONS, ORGANIZATION, OWN_S3_POLICY, REGIONS } from './operations.ts';
import { isRegion, questionOf } from './questions.ts';
import { REGIONAL } from './regional-operations.ts';

/** What an account can be asked about itself. Returns the Regions that were asked. */
export async function collectAccount(
  collector: Collector,
  account: Account,
  options: { readonly regions: readonly string[] | null; readonly isInCollectedOrganization: boolean },
): Promise<readonly string[]> {
  const global = Promise.all([
    ...ACCOUNT.map((listing) => collector.listing(account, null, listing)),
    options.isInCollectedOrganization ? null : collectMembership(collector, account),
  ]);
  const regional = (
    options.regions === null ? enabledRegions(collector, account) : Promise.resolve(options.regions)
  ).then(async (regions) => {
    const tasks = regions.flatMap((region) => REGIONAL.map((listing) => collector.listing(account, region, listing)));
    await Promise.all(tasks);
    return regions;
  });
  const [, regions] = await Promise.all([global, regional]);
  return regions;
}

/** What an account may know of its organization. */
async function collectMembership(collector: Collector, account: Account): Promise<void> {
  const answer = await collector.answer(questionOf(account, null, ORGANIZATION));
  if (member(answer, 'Organization') === undefined) return;
  await collector.answer(questionOf(account, null, OWN_S3_POLICY));
}

/**
 * EC2 is asked in the Region of the user's settings, then in a Region that is always enabled: control policies often forbid
 * other Regions than one's own. Last, the account itself is asked.
 */
async function enabledRegions(collector: Collector, account: Account): Promise<readonly string[]> {
  const ways = [
    { listing: REGIONS, question: questionOf(account, null, REGIONS, null, true) },
    { listing: REGIONS, question: questionOf(account, null, REGIONS) },
    { listing: ACCOUNT_REGIONS, question: questionOf(account, null, ACCOUNT_REGIONS) },
  ];
  for (const { listing, question } of ways) {
    const answer = await collector.answer(question);
    if (answer === null || listing.items === undefined) continue;
    const regions = collector.items(question, answer, listing.items).map(({ name }) => name);
    if (regions.length === 0) continue;
    collector.notLeftOut(questionOf(account, null, REGIONS));
    return regions.filter(isRegion);
  }
  const message = 'AWS does not say which Regions are enabled: name them with --regions';
  collector.leaveOut(questionOf(account, null, REGIONS), { kind: 'other', code: 'RegionsUnknown', message });
  return [];
}
