import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';
import { UploadedFile } from './uploaded-file.ts';

function upload(value: unknown): UploadedFile {
  if (value instanceof UploadedFile) return value;
  throw new GraphQLError('an upload must be a file of a multipart request: its variable is null in `operations`', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

builder.scalarType('Upload', {
  description: 'A file of a multipart request. It can be given in a variable only, whose value is null in `operations`',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue: upload,
  parseLiteral: () => upload(null),
});
