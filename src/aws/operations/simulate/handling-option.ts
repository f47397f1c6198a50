import { parseArn } from '../../../policy/arn.ts';
import { quoted } from '../../wire/read-input.ts';
import { invalidInput } from './invalid-input.ts';

const INSTANCE_STORE = ['instance', 'image', 'security-group', 'network-interface'] as const;

/**
 * The resources that each kind of simulation of Amazon EC2 needs. Those of EC2-Classic, which AWS has retired, are gone.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
 */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'EC2-VPC-InstanceStore': INSTANCE_STORE,
  'EC2-VPC-InstanceStore-Subnet': [...INSTANCE_STORE, 'subnet'],
  'EC2-VPC-EBS': [...INSTANCE_STORE, 'volume'],
  'EC2-VPC-EBS-Subnet': [...INSTANCE_STORE, 'subnet', 'volume'],
};

/** Throws InvalidInput if the resources of the kind of simulation are not all there. Each is decided by itself all the same. */
export function checkHandlingOption(option: string | undefined, resources: readonly string[]): void {
  if (option === undefined) return;
  const needed = Object.hasOwn(OPTIONS, option) ? OPTIONS[option] : undefined;
  if (needed === undefined) {
    const known = Object.keys(OPTIONS).join(', ');
    throw invalidInput(
      `Invalid Input ResourceHandlingOption: ${quoted(option)} is not supported: expected one of ${known}`,
    );
  }
  const given = new Set(resources.map(typeOfEc2));
  const missing = needed.filter((type) => !given.has(type));
  if (missing.length === 0) return;
  throw invalidInput(`Invalid Input ResourceArns: ${option} also needs resources of the types ${missing.join(', ')}`);
}

function typeOfEc2(arn: string): string | null {
  const parts = parseArn(arn);
  return parts?.service === 'ec2' ? (parts.resource.split('/', 1)[0] ?? null) : null;
}
