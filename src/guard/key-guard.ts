import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { subscriberOf } from '../directory/addresses.ts';
import type { GuessRule, GuessStore } from '../directory/stores/guess-store.ts';
import { AccessDenied, AuthenticationError, MultiFactorAuthenticationFailed } from '../session/errors.ts';
import { Attempts } from './attempts.ts';
import { Throttled } from './throttled.ts';

const MINUTE = 60_000;

/** For one source, whatever it tries. More than one misconfigured program behind one address makes. */
const BY_SOURCE = { free: 30, forgottenEvery: 5 * MINUTE, longestPause: 15 * MINUTE, most: 20_000 };
/** For one source with one key id: one wrong configuration is paused before it pauses others behind the same address. */
const BY_KEY = { free: 5, forgottenEvery: 15 * MINUTE, longestPause: 15 * MINUTE, most: 50_000 };
/** MFA codes of one caller that has proved everything else, from any source: of a million codes, three are right. */
const BY_MFA = { free: 5, forgottenEvery: 15 * MINUTE, longestPause: 15 * MINUTE, most: 20_000 };
/** External ids that one caller tries on one role, from any source. */
const BY_EXTERNAL_ID = { free: 5, forgottenEvery: 15 * MINUTE, longestPause: 15 * MINUTE, most: 20_000 };
/** Kinds, where gateways count together. */
const SOURCE = 'source';
const KEY = 'key';
/** Number of right credentials that are remembered. */
const MOST_PROVED = 20_000;
/** Characters. Longer key ids are not counted separately. */
const MAX_KEY_ID = 128;

/** Credentials that a caller sends to prove its identity. */
export interface Proof {
  /** The address that it comes from; null: not known, and counted together. */
  readonly source: string | null;
  /** The key id or role that it is tried on, counted separately from all else of its source. Null: it names none. */
  readonly keyId: string | null;
  /** Everything that is sent, in any form. */
  readonly text: string;
  /**
   * What is remembered of it once it was right. Left out: `text`. For signatures, which are different in each request, the
   * key id: what is wrong then does not end what is remembered, since anybody behind the same address could send it.
   */
  readonly remembered?: string;
}

/**
 * Slows down the guessing of credentials: in this process, or at all gateways of a server. A source that was wrong too often has to pause, and meanwhile
 * nothing it sends is checked, except credentials that were right from there before: guesses do not lock out others who
 * work behind the same address. Nobody can lock out anybody at another address.
 */
export class KeyGuard {
  readonly #sources = new Attempts(BY_SOURCE);
  readonly #keys = new Attempts(BY_KEY);
  readonly #mfa = new Attempts(BY_MFA);
  readonly #externalIds = new Attempts(BY_EXTERNAL_ID);
  readonly #proved = new LRUCache<string, true>({ max: MOST_PROVED });
  /** How many equal attempts are under way: equal attempts at the same time count as one. */
  readonly #underWay = new Map<string, number>();
  readonly #onPause: (source: string, milliseconds: number) => void;
  readonly #shared: GuessStore | null;

  /**
   * `onPause`: called when a source has to pause. Not called again while it continues to try. `shared`: where all gateways of a
   * server count together; null: this process counts alone.
   */
  constructor(
    onPause: (source: string, milliseconds: number) => void = () => undefined,
    shared: GuessStore | null = null,
  ) {
    this.#onPause = onPause;
    this.#shared = shared;
  }

  /** Number of counts and proofs that are remembered. It is bounded. */
  get size(): number {
    return (
      this.#sources.size +
      this.#keys.size +
      this.#mfa.size +
      this.#externalIds.size +
      this.#proved.size +
      this.#underWay.size
    );
  }

  /**
   * Runs `look`, which throws an error that `isWrong` recognizes for a wrong proof. Throws Throttled without running it.
   */
  async prove<T>(proof: Proof, now: number, look: () => Promise<T>, isWrong = isWrongCredential): Promise<T> {
    const source = proof.source === null ? 'unknown' : subscriberOf(proof.source);
    const key = proof.keyId === null || proof.keyId.length > MAX_KEY_ID ? null : `${source} ${proof.keyId}`;
    const fingerprint = digest(`${source} ${proof.text}`);
    const remembered = proof.remembered === undefined ? fingerprint : digest(`${source} ${proof.remembered}`);
    if (this.#proved.get(remembered) === true) {
      const forgets = remembered === fingerprint;
      return this.#proveAgain(forgets ? remembered : null, source, key, now, look, isWrong);
    }
    this.#refusePaused(source, key, now);
    if (this.#shared !== null) {
      await this.#learn(this.#shared, source, key);
      this.#refusePaused(source, key, now);
    }
    this.#begin(fingerprint, source, key);
    let wrong = false;
    try {
      const result = await look();
      this.#proved.set(remembered, true);
      return result;
    } catch (error) {
      wrong = isWrong(error);
      throw error;
    } finally {
      this.#end(fingerprint, source, key, now, wrong);
      if (wrong) await this.#tell(source, key, now);
    }
  }

  /** What other gateways have counted. */
  async #learn(shared: GuessStore, source: string, key: string | null): Promise<void> {
    const [ofSource, ofKey] = await Promise.all([
      shared.read(SOURCE, digest(source)),
      key === null ? null : shared.read(KEY, digest(key)),
    ]);
    if (ofSource !== null) this.#sources.learn(source, ofSource);
    if (ofKey !== null && key !== null) this.#keys.learn(key, ofKey);
  }

  /** Tells other gateways of a wrong attempt. */
  async #tell(source: string, key: string | null, now: number): Promise<void> {
    const shared = this.#shared;
    if (shared === null) return;
    await Promise.all([
      shared.add({ kind: SOURCE, ...BY_SOURCE }, digest(source), now),
      key === null ? null : shared.add({ kind: KEY, ...BY_KEY }, digest(key), now),
    ]);
  }

  /**
   * The path of nearly all requests: nothing is counted while a proof that was right is still right. `forgotten`: what is no
   * longer remembered once it is wrong; null: nothing.
   */
  async #proveAgain<T>(
    forgotten: string | null,
    source: string,
    key: string | null,
    now: number,
    look: () => Promise<T>,
    isWrong: (error: unknown) => boolean,
  ): Promise<T> {
    try {
      return await look();
    } catch (error) {
      if (isWrong(error)) {
        if (forgotten !== null) this.#proved.delete(forgotten);
        this.#sources.countWrong(source, now);
        if (key !== null) this.#keys.countWrong(key, now);
        await this.#tell(source, key, now);
      }
      throw error;
    }
  }

  /**
   * Runs `look`, which throws MultiFactorAuthenticationFailed for a wrong MFA code. `who` names a caller that has proved
   * everything else: only that caller can use up its attempts. Throws Throttled without running it.
   */
  proveMfa<T>(who: readonly string[], now: number, look: () => Promise<T>): Promise<T> {
    const tally = { attempts: this.#mfa, shared: this.#shared, rule: { kind: 'mfa', ...BY_MFA } };
    return counted(tally, who, now, look, (error) => error instanceof MultiFactorAuthenticationFailed);
  }

  /**
   * Runs `look`, which throws AccessDenied where an external id does not open a role. `who`: the caller, and the role that it is
   * tried on. Throws Throttled without running it.
   */
  proveExternalId<T>(who: readonly string[], now: number, look: () => Promise<T>): Promise<T> {
    const tally = {
      attempts: this.#externalIds,
      shared: this.#shared,
      rule: { kind: 'externalId', ...BY_EXTERNAL_ID },
    };
    return counted(tally, who, now, look, (error) => error instanceof AccessDenied);
  }

  #refusePaused(source: string, key: string | null, now: number): void {
    const pause = Math.max(this.#sources.pause(source, now), key === null ? 0 : this.#keys.pause(key, now));
    if (pause > 0) throw new Throttled(pause);
  }

  #begin(fingerprint: string, source: string, key: string | null): void {
    const others = this.#underWay.get(fingerprint) ?? 0;
    this.#underWay.set(fingerprint, others + 1);
    if (others > 0) return;
    this.#sources.begin(source);
    if (key !== null) this.#keys.begin(key);
  }

  #end(fingerprint: string, source: string, key: string | null, now: number, wrong: boolean): void {
    const others = (this.#underWay.get(fingerprint) ?? 1) - 1;
    if (others > 0) {
      this.#underWay.set(fingerprint, others);
      return;
    }
    this.#underWay.delete(fingerprint);
    this.#sources.end(source, now, wrong);
    if (key !== null) this.#keys.end(key, now, wrong);
    const pause = wrong ? this.#sources.pause(source, now) : 0;
    if (pause > 0) this.#onPause(source, pause);
  }
}

/** Where attempts of a kind are counted. */
interface Tally {
  readonly attempts: Attempts;
  readonly shared: GuessStore | null;
  readonly rule: GuessRule;
}

/**
 * Counts an attempt of a caller that is known, by nothing else than `who`. Where gateways count together it counts as wrong before
 * it is looked at, so that a thousand at as many gateways get no further than one after the other.
 */
async function counted<T>(
  { attempts, shared, rule }: Tally,
  who: readonly string[],
  now: number,
  look: () => Promise<T>,
  isWrong: (error: unknown) => boolean,
): Promise<T> {
  const name = digest(JSON.stringify(who));
  const refusePaused = (): void => {
    const pause = attempts.pause(name, now);
    if (pause > 0) throw new Throttled(pause);
  };
  refusePaused();
  if (shared !== null) {
    const before = await shared.read(rule.kind, name);
    if (before !== null) attempts.learn(name, before);
    refusePaused();
    const { wrong, at } = await shared.add(rule, name, now);
    // Others may have begun since.
    attempts.learn(name, { wrong: wrong - 1, at });
    try {
      refusePaused();
    } catch (error) {
      await shared.takeBack(rule.kind, name);
      throw error;
    }
  }
  attempts.begin(name);
  let wrong = false;
  try {
    return await look();
  } catch (error) {
    wrong = isWrong(error);
    throw error;
  } finally {
    attempts.end(name, now, wrong);
    if (shared !== null && !wrong) await shared.takeBack(rule.kind, name);
  }
}

/** A proof is a secret: only its digest is kept. */
function digest(text: string): string {
  return hash('sha256', text, 'base64');
}

/** An expired token was right, and a malformed header guesses nothing. */
function isWrongCredential(error: unknown): boolean {
  return (
    error instanceof AuthenticationError &&
    (error.code === 'InvalidClientTokenId' || error.code === 'SignatureDoesNotMatch')
  );
}
