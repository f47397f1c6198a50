import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { addressOf } from '../questions/question.ts';
import { hat, leaveRole, me, myId } from '../questions/who.ts';
import { switchAddress } from '../switch-address.ts';
import { goToStep, tourStep } from '../tour.ts';
import { Notice } from './notice.tsx';

/** People and things of the demo organization, which the story is told of. */
const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const OWN_FILE = 'arn:aws:s3:::dev-alice/results.csv';
const OWN_BUCKET = 'arn:aws:s3:::dev-alice';

interface Step {
  readonly title: string;
  /** For somebody who has never seen IAM. */
  readonly text: string;
  readonly label: string;
  /** Where its button leads; null: it leaves the role. */
  readonly address: (() => string) | null;
  /** Whether what it is about has been seen. */
  readonly isDone: (url: string) => boolean;
}

const asks = (principal: string, action: string, resource: string) =>
  addressOf({ principal, action, resource, role: '', context: {} });

const STEPS: readonly Step[] = [
  {
    title: 'alice asks',
    text:
      'alice is a developer. Everything that somebody may do stands in policies: texts that allow or deny actions on resources. ' +
      'May she read a file in her own bucket?',
    label: 'Ask for her',
    address: () => asks(ALICE, 's3:GetObject', OWN_FILE),
    isDone: (url) => url === asks(ALICE, 's3:GetObject', OWN_FILE),
  },
  {
    title: 'She puts on a role',
    text:
      'A role is a set of permissions like a hat: whoever wears it has the permissions of the hat, and gives up those of their own. ' +
      'DataWriter belongs to another account, and trusts alice.',
    label: 'Go and switch',
    address: () => switchAddress({ role: DATA_WRITER, display: 'DataWriter', colour: 'teal' }),
    isDone: () => hat.value?.role.arn === DATA_WRITER,
  },
  {
    title: 'She is denied at home',
    text: 'The bar across the top has the colour of the role now. The same question again: may she, in the role, read her own file?',
    label: 'Ask once more',
    address: () => asks(myId.value ?? ALICE, 's3:GetObject', OWN_FILE),
    isDone: (url) => hat.value !== null && url.includes(`resource=${encodeURIComponent(OWN_FILE)}`),
  },
  {
    title: 'She leaves the role',
    text: 'No policy of her bucket lets DataWriter in, and her own permissions are given up until she leaves it. One click gives them back.',
    label: 'Leave the role',
    address: null,
    isDone: () => hat.value === null,
  },
  {
    title: 'She may again',
    text: 'Nothing of hers was lost: her own policies count again.',
    label: 'Ask the first question again',
    address: () => asks(ALICE, 's3:GetObject', OWN_FILE),
    isDone: (url) => hat.value === null && url === asks(ALICE, 's3:GetObject', OWN_FILE),
  },
  {
    title: 'She sees why',
    text:
      'May she delete the bucket, though it is hers? Above her own policies stand those of the organization. The picture shows each layer ' +
      'that the request goes through, and the one that ends its way; below it stand the words of the policy.',
    label: 'Ask, and see the layers',
    address: () => asks(ALICE, 's3:DeleteBucket', OWN_BUCKET),
    isDone: (url) => url === asks(ALICE, 's3:DeleteBucket', OWN_BUCKET),
  },
];

/** Whether the story can be walked: alice is signed in, as herself or in a role. */
export function canTour(): boolean {
  const who = me.value;
  return who != null && (who.restoresTo ?? who.principal).principalId === ALICE && who.signIn?.canSwitchRoles === true;
}

/** The story, a step at a time, above the page that it is about. It can be left at any time. */
export function Tour() {
  const { url, route } = useLocation();
  const [refusal, setRefusal] = useState<string | null>(null);
  const at = tourStep.value;
  const step = at === null ? undefined : STEPS[at];
  if (at === null || step === undefined || !canTour()) return null;
  const isDone = step.isDone(url);
  const isLast = at === STEPS.length - 1;
  const act = async (): Promise<void> => {
    setRefusal(null);
    if (step.address !== null) route(step.address());
    else setRefusal(await leaveRole());
  };
  return (
    <aside class="tour" aria-label="The tour">
      <div class="card tour-card">
        <p class="tour-place muted">
          Step {at + 1} of {STEPS.length}
        </p>
        <h2>{step.title}</h2>
        <p>{step.text}</p>
        {refusal !== null && <Notice kind="problem">{refusal}</Notice>}
        <div class="actions">
          {!isDone && (
            <button type="button" class="button button-first" onClick={() => void act()}>
              {step.label}
            </button>
          )}
          {isDone && (
            <button type="button" class="button button-first" onClick={() => goToStep(isLast ? null : at + 1)}>
              {isLast ? 'The end' : 'Next'}
            </button>
          )}
          {at > 0 && (
            <button type="button" class="button" onClick={() => goToStep(at - 1)}>
              Back
            </button>
          )}
          {!isLast && (
            <button type="button" class="button" onClick={() => goToStep(null)}>
              End the tour
            </button>
          )}
        </div>
      </div>
    </aside>
  );
}
