import { CommandFailed } from '../failure.ts';
import { type Account, AccountRefused, callerOf, signInAgain } from './account.ts';
import type { AwsCommand, Identity } from './aws-command.ts';
import { member, textMember } from './json.ts';

const SESSION_NAME = 'rolegate-collect';
/** Credentials are renewed so long before they expire: a command with them can take a while. Milliseconds. */
const EARLY = 10 * 60_000;

/** Credentials are not renewed more often, even if this machine's clock is wrong. Milliseconds. */
const SELDOM = 5 * 60_000;

interface Held {
  readonly identity: Identity;
  readonly since: number;
  readonly expires: number;
}

/**
 * A role in another account. It is assumed when it is first needed, and again before its credentials expire. They are held
 * in memory alone, and given to commands in their environment, where other users of the machine cannot see them.
 */
export class AssumedRole implements Account {
  readonly id: string;
  readonly partition: string;
  readonly #aws: AwsCommand;
  readonly #base: Account;
  readonly #profile: string | null;
  readonly #roleName: string;
  readonly #entered: (answer: string) => Promise<void>;
  #held: Promise<Held> | null = null;
  /** Those in use; null: others are on their way. */
  #current: Identity | null = null;
  #isEntered = false;

  /** `entered` gets what AWS says about who we are in the account, once. */
  constructor(
    aws: AwsCommand,
    base: Account,
    profile: string | null,
    role: { readonly account: string; readonly name: string },
    entered: (answer: string) => Promise<void>,
  ) {
    this.id = role.account;
    this.partition = base.partition;
    this.#aws = aws;
    this.#base = base;
    this.#profile = profile;
    this.#roleName = role.name;
    this.#entered = entered;
  }

  async identity(): Promise<Identity> {
    this.#held ??= this.#assume();
    const { identity, since, expires } = await this.#held;
    const now = Date.now();
    return expires - now > EARLY || now - since < SELDOM ? identity : this.renewed(identity);
  }

  /** Many commands may find at once that the credentials have expired: the role is assumed once for all of them. */
  async renewed(expired: Identity): Promise<Identity> {
    if (this.#held === null || this.#current === expired) {
      this.#current = null;
      this.#held = this.#assume();
    }
    return (await this.#held).identity;
  }

  async #assume(): Promise<Held> {
    const arn = `arn:${this.partition}:iam::${this.id}:role/${this.#roleName}`;
    const base = await this.#base.identity();
    const answer = await this.#aws.assumeRole(arn, SESSION_NAME, base);
    if (answer.kind === 'failure') {
      if (answer.failure.kind === 'signIn') throw new CommandFailed(signInAgain(answer.failure));
      throw new AccountRefused(answer.failure);
    }
    const held = this.#read(answer.text);
    if (!this.#isEntered) await this.#enter(held.identity);
    this.#current = held.identity;
    return held;
  }

  /** Settings of the profile still count, such as its proxies; credentials in the environment come before the profile's. */
  #read(text: string): Held {
    let credentials: unknown;
    try {
      credentials = member(JSON.parse(text), 'Credentials');
    } catch {
      // Told below, without a word of it.
    }
    const [key, secret, token] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) =>
      textMember(credentials, name),
    );
    const expires = Date.parse(textMember(credentials, 'Expiration') ?? '');
    if (!key || !secret || !token || Number.isNaN(expires)) {
      throw new CommandFailed('the `aws` command does not print what `sts assume-role` answers: is it AWS’s own?');
    }
    const env = { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token };
    return {
      identity: { options: [], env: this.#profile === null ? env : { ...env, AWS_PROFILE: this.#profile } },
      since: Date.now(),
      expires,
    };
  }

  /** Nothing may be kept under the number of an account that it is not about. */
  async #enter(identity: Identity): Promise<void> {
    const caller = await callerOf(this.#aws, identity);
    if ('kind' in caller) {
      if (caller.kind === 'signIn') throw new CommandFailed(signInAgain(caller));
      throw new AccountRefused(caller);
    }
    if (caller.account !== this.id) {
      throw new CommandFailed(
        `the \`aws\` command does not use the credentials of the role in account ${this.id}: it asks account ${caller.account}`,
      );
    }
    this.#isEntered = true;
    await this.#entered(caller.text);
  }
}
