import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { parseRevision, revisionText } from '../directory/revision-text.ts';
import { parseRequestContext } from '../evaluation/context.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { RolegateError } from '../policy/errors.ts';
import type { JsonValue } from '../policy/json.ts';
import { isDeeper } from '../policy/json-shape.ts';
import { MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_LENGTH } from '../policy/load.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import { builder } from './builder.ts';
import type { GivenDocument } from './given-document.ts';
import { malformed } from './malformed.ts';
import { ME } from './me.ts';

/** Longest ARN or principal id that is read. IAM's own are at most 2,048 characters. */
const MAX_ARN_LENGTH = 2048;

/**
 * A scalar throws for a value of the wrong JSON type, or one that is too long: this fails the request before any field is
 * resolved. Other invalid values are malformed, and fail only the field, or the entry of a list, that they were given to.
 */
function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** The client's value, quoted, and shortened so that it can still be recognized. */
function quoted(value: string): string {
  return `\`${value.length > 100 ? `${value.slice(0, 100)}…` : value}\``;
}

/** Errors on literals point at the literal: graphql-js adds no place to the errors of scalars. */
function fromLiteral<T>(parse: (value: unknown) => T) {
  return (node: ValueNode, variables?: Record<string, unknown> | null): T => {
    try {
      return parse(node.kind === Kind.STRING ? node.value : valueFromASTUntyped(node, variables));
    } catch (error) {
      if (!(error instanceof GraphQLError) || error.nodes !== undefined) throw error;
      throw new GraphQLError(error.message, { nodes: node, extensions: error.extensions });
    }
  };
}

function textOf(value: unknown, scalar: string): string {
  if (typeof value !== 'string') throw badInput(`${scalar} must be a string`);
  if (value.length > MAX_ARN_LENGTH) {
    throw badInput(`${scalar} is ${value.length} characters long; the limit is ${MAX_ARN_LENGTH}`);
  }
  return value;
}

/**
 * Six parts separated by colons, or `*` for a request without a resource. Each service defines the contents of the parts,
 * except that U+0000 is refused, which the database cannot look up.
 */
const ARN = /^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:[^\0]+$/u;

function parseArnInput(value: unknown): string {
  const text = textOf(value, 'an ARN');
  if (text !== '*' && !ARN.test(text)) {
    return malformed(`${quoted(text)} is not an ARN: expected arn:partition:service:region:account:resource`);
  }
  return text;
}

builder.scalarType('Arn', {
  description:
    'An Amazon Resource Name, e.g. `arn:aws:iam::111111111111:user/alice`; `*` for an action without a resource. At ' +
    'most 2,048 characters',
  specifiedByURL: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html',
  serialize: (value) => value,
  parseValue: parseArnInput,
  parseLiteral: fromLiteral(parseArnInput),
});

function accountId(value: unknown) {
  const text = textOf(value, 'an account id');
  return /^\d{12}$/.test(text) ? text : malformed(`${quoted(text)} is not an account id: expected twelve digits`);
}

builder.scalarType('AccountId', {
  description: 'An AWS account: twelve digits, e.g. `111111111111`',
  serialize: (value) => value,
  parseValue: accountId,
  parseLiteral: fromLiteral(accountId),
});

/** The last principal that was read: in a list, most are the same, and share the object. */
let lastId = '';
let lastRef: PrincipalRef | null = null;

function principalId(value: unknown) {
  const text = textOf(value, 'a principal id');
  if (text === 'me') return ME;
  if (text !== lastId || lastRef === null) {
    lastRef = parsePrincipalRef(text);
    lastId = text;
  }
  return (
    lastRef ??
    malformed(
      `${quoted(text)} is not a principal: expected the ARN of a user, role, role session, federated user or root ` +
        'user, a service principal (ec2.amazonaws.com), a 12-digit account id, anonymous, or me',
    )
  );
}

builder.scalarType('PrincipalId', {
  description:
    'A principal that makes requests: an ARN (user, role, role session, federated user, root), a service principal ' +
    'such as `ec2.amazonaws.com`, a 12-digit account id (its root user), or `anonymous`. As an argument also `me`, the caller itself, in the ' +
    'session that it calls with; the operator and checkers are no principals. The ARN of a role means a session of it whose name is not known. At most 2,048 characters',
  serialize: (value) => value,
  parseValue: principalId,
  parseLiteral: fromLiteral(principalId),
});

function instant(value: unknown) {
  const date = new Date(textOf(value, 'a DateTime'));
  return Number.isNaN(date.getTime()) ? malformed('not an ISO 8601 instant') : date;
}

builder.scalarType('DateTime', {
  description: 'An instant in UTC in ISO 8601 format, with milliseconds: `2026-01-31T12:00:00.000Z`',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => (typeof value === 'number' ? new Date(value) : value).toISOString(),
  parseValue: instant,
  parseLiteral: fromLiteral(instant),
});

/** Documents are passed on as JSON text: their readers decide whether they are policies. */
function givenDocument(value: unknown): GivenDocument {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (typeof value !== 'string' && !isObject) {
    throw badInput('a policy document must be a JSON object, or a string with one');
  }
  // Checked before the object is turned into text, which needs a stack as deep as the object.
  if (isDeeper(value, MAX_DOCUMENT_DEPTH)) {
    return malformed(`the policy document is nested more than ${MAX_DOCUMENT_DEPTH} levels deep`);
  }
  const written = typeof value === 'string';
  const text = written ? value : JSON.stringify(value);
  if (text.length > MAX_DOCUMENT_LENGTH) {
    throw badInput(`the policy document is ${text.length} characters long; the limit is ${MAX_DOCUMENT_LENGTH}`);
  }
  return { text, written };
}

/** A stored document as JSON. A document that is not JSON, which imports can contain, is returned as its text. */
function readDocument(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue; // what JSON.parse returns
  } catch {
    return text;
  }
}

builder.scalarType('PolicyDocument', {
  description:
    'A policy document as JSON: an object, or a string with one, also URL-encoded as AWS’s API returns it. At most ' +
    '262,144 characters. Answers contain an object',
  serialize: (value) => (typeof value === 'string' ? readDocument(value) : value),
  parseValue: givenDocument,
  parseLiteral: fromLiteral(givenDocument),
});

/** Characters of a context that is given as a text. */
const MAX_CONTEXT_TEXT = 262_144;
/** Commas and opening brackets in it: it is parsed in one piece. Larger contexts are given as objects, which are read in turns. */
const MAX_CONTEXT_MARKS = 1_000;

function marksIn(text: string): number {
  let marks = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x5b || code === 0x7b) marks += 1;
  }
  return marks;
}

/** What a text holds: some editors write variables of a scalar as one. */
function contextInText(text: string): RequestContext {
  if (text.length > MAX_CONTEXT_TEXT) {
    throw badInput(`\`context\` is ${text.length} characters long; the limit is ${MAX_CONTEXT_TEXT}`);
  }
  if (marksIn(text) > MAX_CONTEXT_MARKS) {
    throw badInput(`\`context\` is a text of more than ${MAX_CONTEXT_MARKS} keys and values: give it as an object`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('`context` is a text that is no JSON: expected an object of condition keys and their values');
  }
  // A text in a text is none.
  return requestContext(typeof value === 'string' ? null : value);
}

function requestContext(value: unknown): RequestContext {
  if (typeof value === 'string') return contextInText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badInput('`context` must be an object of condition keys and their values');
  }
  try {
    return parseRequestContext(value, 'context');
  } catch (error) {
    if (error instanceof RolegateError) return malformed(error.message);
    throw error;
  }
}

builder.scalarType('RequestContext', {
  description:
    'Condition keys of a request as one JSON object, e.g. `{ "aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["team"] ' +
    '}`. A string, number or boolean is a single-valued key; a list is a multi-valued key, also with one entry or ' +
    'none. Keys are compared without regard to case. Keys that follow from the principal, the resource or their ' +
    'organization need not be given and cannot be overridden. A string with such an object as JSON is taken, too, of at ' +
    'most 262,144 characters. It is a scalar because coercing typed entries takes forty times as long as deciding',
  parseValue: requestContext,
  parseLiteral: fromLiteral(requestContext),
});

function revision(value: unknown) {
  return parseRevision(textOf(value, 'a revision')) ?? malformed('not a revision that this gateway has returned');
}

builder.scalarType('Revision', {
  description:
    'Opaque position in the history of the directory. Revisions can be compared as strings: the greater one is later',
  serialize: revisionText,
  parseValue: revision,
  parseLiteral: fromLiteral(revision),
});
