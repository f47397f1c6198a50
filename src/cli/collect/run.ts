import type { AnswerFolder } from './answer-folder.ts';
import type { Collector } from './collector.ts';
import { IDENTITY } from './operations.ts';
import type { CollectedAccount, CollectionRecord } from './record.ts';

/** One run of a collection: what it has done, and what earlier runs did that it continues. */
export class Run {
  readonly #folder: AnswerFolder;
  readonly #earlier: CollectionRecord | null;
  readonly #collector: Collector;
  readonly #refresh: boolean;
  readonly #started = new Date().toISOString();
  /** Of this run. */
  readonly #accounts = new Map<string, CollectedAccount>();

  constructor(folder: AnswerFolder, earlier: CollectionRecord | null, collector: Collector, refresh: boolean) {
    this.#folder = folder;
    this.#earlier = earlier;
    this.#collector = collector;
    this.#refresh = refresh;
  }

  /** How many accounts it has finished. */
  get accounts(): number {
    return [...this.#accounts.values()].filter(({ finished }) => finished !== null).length;
  }

  /** From here on the account's answers count if they are of this collection. */
  begin(account: string): void {
    if (this.#accounts.has(account)) return;
    const earlier = this.#refresh ? undefined : this.#earlier?.accounts.find((entry) => entry.account === account);
    const started = earlier?.started ?? this.#started;
    this.#accounts.set(account, { account, started, finished: null, regions: earlier?.regions ?? [] });
    this.#folder.startAt(account, Date.parse(started));
  }

  /** Collects the account, and then removes answers of earlier collections. `asked`: the only Regions that were asked. */
  async finish(
    account: string,
    asked: readonly string[] | null,
    work: () => Promise<readonly string[]>,
  ): Promise<void> {
    const regions = await work();
    const entry = this.#accounts.get(account);
    if (entry === undefined) return;
    const all = asked === null ? regions : [...new Set([...entry.regions, ...regions])];
    this.#accounts.set(account, { ...entry, finished: new Date().toISOString(), regions: [...all].sort() });
    await this.#folder.sweep(account, asked);
    await this.save(null);
  }

  async finishOrganization(managementAccount: string): Promise<void> {
    await this.#folder.sweepOrganization(managementAccount);
    await this.save(null);
  }

  /** Keeps who we are in an account. */
  async keepAnswer(account: string, text: string): Promise<void> {
    const path = this.#folder.pathOf({ account, region: null, ...IDENTITY, argument: null });
    if (path !== null) await this.#folder.write(path, text);
  }

  /** What is known about other accounts from earlier runs stays. */
  async save(finished: Date | null): Promise<void> {
    const isOther = ({ account }: { readonly account: string }): boolean => !this.#accounts.has(account);
    const leftOut = this.#collector.leftOut;
    const named = new Set(leftOut.map(({ account }) => account));
    await this.#folder.writeRecord({
      started: (this.#refresh ? undefined : this.#earlier?.started) ?? this.#started,
      finished: finished?.toISOString() ?? null,
      accounts: [...(this.#earlier?.accounts.filter(isOther) ?? []), ...this.#accounts.values()],
      leftOut: [
        ...(this.#earlier?.leftOut.filter((entry) => isOther(entry) && !named.has(entry.account)) ?? []),
        ...leftOut,
      ],
    });
  }
}
