#!/usr/bin/env node
// Stands for the AWS command line, version 2: the same arguments, and it fails with the same sentences and exit codes. It
// answers from TEST_AWS/world.json, and writes each call to TEST_AWS/calls.jsonl with the account that asked.
//
//   profiles   {name: account}; the environment's own credentials are the profile `default`
//   roles      {account: how many calls the credentials of one session last}; no role in other accounts
//   answers    {"[ACCOUNT ][REGION ]service operation[ option value…]": answer}, the most specific one counts. An answer is
//              the JSON that is printed, or one of
//              {$error: code}, {$stderr: text, code}, {$throttled: times, then: answer}, {$pages: [answer…]} for an
//              operation whose pages the command line does not join, {$text: what is printed}, {$hangs: true}
//   expired    profiles whose credentials have expired; a number: after so many calls
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const home = process.env['TEST_AWS'];
const world = JSON.parse(readFileSync(join(home, 'world.json'), 'utf8'));
const args = process.argv.slice(2);

function take(name) {
  const index = args.indexOf(name);
  return index < 0 ? null : args.splice(index, 2)[1];
}

function fail(text, code = 254) {
  process.stderr.write(`\n${text}\n`);
  process.exit(code);
}

const pascal = (operation) => operation.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
const failWith = (code, text = 'told by the tests') =>
  fail(`aws: [ERROR]: An error occurred (${code}) when calling the ${pascal(args[1])} operation: ${text}`);

const argv = [...args];
const profile = take('--profile');
const region = take('--region');
const token = take('--next-token');
if (take('--output') !== 'json' || args.at(-1) !== '--no-cli-pager') fail('aws: [ERROR]: not as expected', 252);
args.pop();

const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = process.env;
// A profile that is named comes before credentials of the environment, as in the real command.
const isRole = profile === null && key !== undefined;
const account = isRole ? /^ASIA(\d{12})/.exec(key)?.[1] : world.profiles[profile ?? 'default'];
const before = readFileSync(join(home, 'calls.jsonl'), 'utf8')
  .split('\n')
  .slice(0, -1)
  .map((line) => JSON.parse(line));
appendFileSync(
  join(home, 'calls.jsonl'),
  `${JSON.stringify({ account, key: isRole ? key : null, argv, pager: process.env['AWS_PAGER'] })}\n`,
);

if (account === undefined) fail(`aws: [ERROR]: The config profile (${profile}) could not be found`, 255);
const lasts = world.expired?.[profile ?? 'default'];
if (!isRole && lasts !== undefined && before.filter((call) => call.key === null).length >= lasts) {
  failWith('ExpiredToken', 'The security token included in the request is expired');
}
if (isRole && (secret !== `secret-of-${key}` || session !== `token-of-${key}`)) failWith('InvalidClientTokenId');
if (isRole && before.filter((call) => call.key === key).length >= world.roles[account]) {
  failWith('ExpiredToken', 'The security token included in the request is expired');
}

const [service, operation, ...rest] = args;
if (`${service} ${operation}` === 'sts assume-role') assumeRole(rest);
else if (`${service} ${operation}` === 'sts get-caller-identity') {
  print({ UserId: 'AIDAEXAMPLE', Account: account, Arn: `arn:aws:iam::${account}:user/reader` });
} else reply(answerOf());

function assumeRole(options) {
  const target = /^arn:aws:iam::(\d{12}):role\//.exec(options[1])?.[1];
  if (world.roles?.[target] === undefined) {
    failWith('AccessDenied', `User: arn:aws:iam::${account}:user/reader is not authorized to perform: sts:AssumeRole`);
  }
  const id = `ASIA${target}${before.length}`;
  const Expiration = new Date(Date.now() + (world.roleSeconds ?? 3600) * 1000).toISOString();
  print({
    Credentials: { AccessKeyId: id, SecretAccessKey: `secret-of-${id}`, SessionToken: `token-of-${id}`, Expiration },
    AssumedRoleUser: { Arn: `arn:aws:sts::${target}:assumed-role/Reader/rolegate-collect` },
  });
}

function answerOf() {
  const question = [service, operation, ...rest].join(' ');
  const asked = [`${account} ${region} ${question}`, `${account} ${question}`, `${region} ${question}`, question];
  const general = [`${account} ${service} ${operation}`, `${service} ${operation}`];
  const found = [...asked, ...general].find((name) => Object.hasOwn(world.answers, name));
  // Nothing is there, and the command line prints nothing.
  return found === undefined ? { $text: '' } : world.answers[found];
}

function reply(answer) {
  if (answer.$hangs === true) {
    setTimeout(() => undefined, 600_000);
    return;
  }
  if (answer.$throttled !== undefined) {
    const asked = before.filter((call) => JSON.stringify(call.argv) === JSON.stringify(argv)).length;
    if (asked < answer.$throttled) failWith(answer.code ?? 'ThrottlingException', 'Rate exceeded');
    reply(answer.then);
  } else if (answer.$error !== undefined) failWith(answer.$error);
  else if (answer.$stderr !== undefined) {
    fail(answer.$stderr.replace('$SECRET', `${key} ${secret} ${session}`), answer.code ?? 255);
  } else if (answer.$text !== undefined) process.stdout.write(answer.$text);
  else if (answer.$pages !== undefined) {
    const page = token === null ? 0 : Number(token);
    const isLast = page === answer.$pages.length - 1;
    print({ ...answer.$pages[page], ...(isLast ? {} : { NextToken: String(page + 1) }) });
  } else print(answer);
}

function print(value) {
  process.stdout.write(`${JSON.stringify(value, null, 4)}\n`);
}
