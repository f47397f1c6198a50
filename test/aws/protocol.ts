import { Readable } from 'node:stream';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import type { ServiceName } from '../../src/aws/wire/shapes.ts';

/** How the SDK itself writes requests and reads answers of the two services, operation by operation. */
export interface Protocol {
  /** The form of a request. */
  write(action: string, input: object): Promise<string>;
  /** The output in an answer, or the error, which is thrown. */
  read(action: string, answer: { readonly status: number; readonly body: string }): Promise<object>;
}

type StaticSchema = readonly [
  kind: number,
  namespace: string,
  name: string,
  traits: unknown,
  input: unknown,
  output: unknown,
];
/** The SDK's own; its types do not say it. */
interface SdkProtocol {
  serializeRequest(operation: object, input: object, context: object): Promise<{ readonly body: string }>;
  deserializeResponse(operation: object, context: object, response: object): Promise<object>;
}

const OPTIONS = {
  region: 'us-east-1',
  endpoint: 'http://127.0.0.1:9/aws',
  credentials: { accessKeyId: 'a', secretAccessKey: 's' },
};

export function protocolOf(service: ServiceName): Protocol {
  const module: object = service === 'sts' ? sts : iam;
  const client = service === 'sts' ? new sts.STSClient(OPTIONS) : new iam.IAMClient(OPTIONS);
  const protocol = client.config.protocol as unknown as SdkProtocol; // as: see SdkProtocol
  const endpoint = async () => ({ protocol: 'http:', hostname: '127.0.0.1', port: 9, path: '/aws', query: {} });
  const context = { ...client.config, endpoint };
  const operationOf = (action: string): object => {
    const schema: StaticSchema | undefined = Reflect.get(module, `${action}$`);
    if (schema === undefined) throw new Error(`the SDK has no ${action}`);
    const [, namespace, name, traits, input, output] = schema;
    return { namespace, name, traits, input, output };
  };
  return {
    write: async (action, input) => (await protocol.serializeRequest(operationOf(action), input, context)).body,
    read: async (action, { status, body }) => {
      const response = {
        statusCode: status,
        headers: { 'content-type': 'text/xml' },
        body: Readable.from([Buffer.from(body)]),
      };
      const { $metadata: _metadata, ...output } = (await protocol.deserializeResponse(
        operationOf(action),
        context,
        response,
      )) as {
        readonly $metadata: unknown;
      };
      return output;
    },
  };
}
