// The AWS command line, version 2, of the tests: it takes the same arguments, and fails with the same sentences and exit
// codes. It answers from TEST_AWS/world.json, and writes each call to TEST_AWS/calls.jsonl with the account that asked.
//
//   profiles   {name: account}; the environment's own credentials are the profile `default`
//   partition  of the accounts
//   roles      {account: how many calls the credentials of one session last}; no role in other accounts
//   answers    {"[ACCOUNT ][REGION ]service operation[ option value…]": answer}, the most specific one counts. An answer is
//              the JSON that is printed, or one of
//              {$error: code}, {$stderr: text, code}, {$throttled: times, code, answer}, {$pages: [answer…]} for an
//              operation whose pages the command line does not join, {$text: what is printed}, {$hangs: true}
//   expired    {profile: after so many calls its credentials expire}
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ends a command: what it writes to standard error, and its exit code. */
class Failed extends Error {
  constructor(text, code) {
    super(text);
    this.code = code;
  }
}

/** @returns {{ exitCode: number, stdout: string, stderr: string, hangs: boolean }} */
export function answerCommand(args, env) {
  try {
    const stdout = new Command(args, env).stdout();
    return { exitCode: 0, stdout: stdout ?? '', stderr: '', hangs: stdout === null };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { exitCode: error.code, stdout: '', stderr: `\n${error.message}\n`, hangs: false };
  }
}

class Command {
  constructor(args, env) {
    this.home = env['TEST_AWS'];
    this.env = env;
    this.world = JSON.parse(readFileSync(join(this.home, 'world.json'), 'utf8'));
    this.argv = [...args];
    this.args = [...args];
    this.profile = this.take('--profile');
    this.region = this.take('--region');
    this.token = this.take('--next-token');
    const isJson = this.take('--output') === 'json';
    if (this.args.pop() !== '--no-cli-pager' || !isJson) throw new Failed('aws: [ERROR]: not as expected', 252);
  }

  take(name) {
    const index = this.args.indexOf(name);
    return index < 0 ? null : this.args.splice(index, 2)[1];
  }

  fail(code, text = 'told by the tests') {
    const operation = this.args[1].replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
    throw new Failed(`aws: [ERROR]: An error occurred (${code}) when calling the ${operation} operation: ${text}`, 254);
  }

  /** Null: nothing, and it never ends. */
  stdout() {
    const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = this.env;
    // A profile that is named comes before credentials of the environment, as in the real command.
    const isRole = this.profile === null && key !== undefined;
    const log = join(this.home, 'calls.jsonl');
    this.before = readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    this.account = isRole ? /^ASIA(\d{12})/.exec(key)?.[1] : this.world.profiles[this.profile ?? 'default'];
    const call = { account: this.account, key: isRole ? key : null, argv: this.argv, pager: this.env['AWS_PAGER'] };
    appendFileSync(log, `${JSON.stringify(call)}\n`);
    if (this.account === undefined) {
      throw new Failed(`aws: [ERROR]: The config profile (${this.profile}) could not be found`, 255);
    }
    const lasts = isRole ? this.world.roles[this.account] : this.world.expired?.[this.profile ?? 'default'];
    const used = this.before.filter((earlier) => earlier.key === call.key).length;
    if (isRole && (secret !== `secret-of-${key}` || session !== `token-of-${key}`)) this.fail('InvalidClientTokenId');
    if (used >= (lasts ?? Number.POSITIVE_INFINITY)) {
      this.fail('ExpiredToken', 'The security token included in the request is expired');
    }
    const [service, operation, ...rest] = this.args;
    if (`${service} ${operation}` === 'sts assume-role') return this.assumeRole(rest[1]);
    if (`${service} ${operation}` === 'sts get-caller-identity') {
      const Arn = `arn:${this.world.partition ?? 'aws'}:iam::${this.account}:user/reader`;
      return printed({ UserId: 'AIDAEXAMPLE', Account: this.account, Arn });
    }
    return this.reply(this.answer([service, operation, ...rest].join(' '), `${service} ${operation}`));
  }

  assumeRole(role) {
    const target = /^arn:aws:iam::(\d{12}):role\//.exec(role)?.[1];
    if (this.world.roles?.[target] === undefined) {
      const user = `arn:aws:iam::${this.account}:user/reader`;
      this.fail('AccessDenied', `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${role}`);
    }
    const id = `ASIA${target}${this.before.length}`;
    const Expiration = new Date(Date.now() + (this.world.roleSeconds ?? 3600) * 1000).toISOString();
    return printed({
      Credentials: { AccessKeyId: id, SecretAccessKey: `secret-of-${id}`, SessionToken: `token-of-${id}`, Expiration },
      AssumedRoleUser: { Arn: `arn:aws:sts::${target}:assumed-role/Reader/rolegate-collect` },
    });
  }

  answer(question, operation) {
    const { account, region, world } = this;
    const asked = [`${account} ${region} ${question}`, `${account} ${question}`, `${region} ${question}`, question];
    const general = [`${account} ${operation}`, operation];
    const found = [...asked, ...general].find((name) => Object.hasOwn(world.answers, name));
    // Nothing is there, and the command line prints nothing.
    return found === undefined ? { $text: '' } : world.answers[found];
  }

  reply(answer) {
    if (answer.$hangs === true) return null;
    if (answer.$throttled !== undefined) {
      const asked = this.before.filter(({ argv }) => JSON.stringify(argv) === JSON.stringify(this.argv)).length;
      if (asked < answer.$throttled) this.fail(answer.code ?? 'ThrottlingException', 'Rate exceeded');
      return this.reply(answer.answer);
    }
    if (answer.$error !== undefined) this.fail(answer.$error);
    if (answer.$stderr !== undefined) {
      const secrets = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
      const said = secrets.map((name) => this.env[name]).join(' ');
      throw new Failed(answer.$stderr.replace('$SECRETS', said), answer.code ?? 255);
    }
    if (answer.$text !== undefined) return answer.$text;
    if (answer.$pages === undefined) return printed(answer);
    const page = this.token === null ? 0 : Number(this.token);
    const isLast = page === answer.$pages.length - 1;
    return printed({ ...answer.$pages[page], ...(isLast ? {} : { NextToken: String(page + 1) }) });
  }
}

function printed(value) {
  return `${JSON.stringify(value, null, 4)}\n`;
}
