import type { WhoCanQuery } from '../../generated/console/questions.ts';

const OUTSIDERS = {
  ACCOUNT: 'The account',
  EVERYBODY: 'Everybody',
  FEDERATED: 'Federated users of',
  PRINCIPAL: 'The principal',
  SERVICE: 'The service',
} as const;

/** Whom the policy of a resource lets in, and whom the directory does not have. */
export function Outsiders({ outsiders }: { readonly outsiders: NonNullable<WhoCanQuery['whoCan']>['outsiders'] }) {
  if (outsiders.length === 0) return null;
  return (
    <>
      <h3>From outside, by the policy of the resource</h3>
      <ul class="plain">
        {outsiders.map(({ kind, value }) => (
          <li key={`${kind} ${value}`}>
            {OUTSIDERS[kind]} <bdi>{kind === 'EVERYBODY' ? '' : value}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}
