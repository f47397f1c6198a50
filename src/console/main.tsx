import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import lazy, { ErrorBoundary } from 'preact-iso/lazy';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router';
import './look/console.css';
import { nameOf } from './names.ts';
import { Bar } from './parts/bar.tsx';
import { Notice, Skeleton } from './parts/notice.tsx';
import { Page } from './parts/page.tsx';
import { Tour } from './parts/tour.tsx';
import { gatewayAnswers } from './questions/ask.ts';
import { hat, me, news, refreshWho } from './questions/who.ts';
import './theme.ts';

const Ask = lazy(() => import('./pages/ask.tsx').then(({ Ask }) => Ask));
const SwitchRole = lazy(() => import('./pages/switch-role.tsx').then(({ SwitchRole }) => SwitchRole));
const Principal = lazy(() => import('./pages/principal.tsx').then(({ Principal }) => Principal));
const Policy = lazy(() => import('./pages/policy.tsx').then(({ Policy }) => Policy));
const Resource = lazy(() => import('./pages/resource.tsx').then(({ Resource }) => Resource));
const Organization = lazy(() => import('./pages/organization.tsx').then(({ Organization }) => Organization));
const Account = lazy(() => import('./pages/account.tsx').then(({ Account }) => Account));
const Group = lazy(() => import('./pages/group.tsx').then(({ Group }) => Group));
const Endpoint = lazy(() => import('./pages/endpoint.tsx').then(({ Endpoint }) => Endpoint));
const Trail = lazy(() => import('./pages/trail.tsx').then(({ Trail }) => Trail));
const Routes = lazy(() => import('./pages/routes.tsx').then(({ Routes }) => Routes));
const Findings = lazy(() => import('./pages/findings.tsx').then(({ Findings }) => Findings));
const Import = lazy(() => import('./pages/import.tsx').then(({ Import }) => Import));
const Compare = lazy(() => import('./pages/compare.tsx').then(({ Compare }) => Compare));
const Home = lazy(() => import('./pages/home.tsx').then(({ Home }) => Home));
const SignIn = lazy(() => import('./pages/sign-in.tsx').then(({ SignIn }) => SignIn));

/** Addresses that are the console's: links to others are followed by the browser. */
const OWN = /^\/(?!graphql|graphiql|aws|access)/;

function App() {
  return (
    <LocationProvider scope={OWN}>
      <ErrorBoundary onError={() => (news.value = 'A part of the page could not be loaded. Reload it to go on.')}>
        <Bar />
        <News />
        <Tour />
        <Pages />
      </ErrorBoundary>
    </LocationProvider>
  );
}

/** The page of the address; whoever is not signed in is asked for that first, and then is where it wanted to be. */
function Pages() {
  const { url } = useLocation();
  useEffect(() => void refreshWho(), [url]);
  if (me.value === undefined) {
    return (
      <Page title="Rolegate" heading={gatewayAnswers.value ? 'One moment' : 'The gateway does not answer'}>
        {gatewayAnswers.value ? (
          <Skeleton lines={4} />
        ) : (
          <button type="button" class="button button-first" onClick={() => void refreshWho()}>
            Try again
          </button>
        )}
      </Page>
    );
  }
  if (me.value === null) return <SignIn />;
  return (
    <Router>
      <Route path="/" component={Home} />
      <Route path="/ask" component={Ask} />
      <Route path="/switch-role" component={SwitchRole} />
      <Route path="/p/:id" component={Principal} />
      <Route path="/r/:id" component={Principal} />
      <Route path="/policy/:arn" component={Policy} />
      <Route path="/resource/:arn" component={Resource} />
      <Route path="/group/:arn" component={Group} />
      <Route path="/endpoint/:arn" component={Endpoint} />
      <Route path="/organization" component={Organization} />
      <Route path="/account/:id" component={Account} />
      <Route path="/trail" component={Trail} />
      <Route path="/routes" component={Routes} />
      <Route path="/findings" component={Findings} />
      <Route path="/import" component={Import} />
      <Route path="/compare" component={Compare} />
      <Route path="/sign-in" component={SignIn} />
      <Route default component={Nowhere} />
    </Router>
  );
}

function Nowhere() {
  return (
    <Page title="There is nothing here">
      <p>
        The address is of no page of the console. <a href="/">Go to the first page</a>.
      </p>
    </Page>
  );
}

/** What has happened meanwhile, and what a role means, above every page. */
function News() {
  const who = me.value;
  return (
    <>
      {news.value !== null && (
        <div class="news">
          <Notice kind="warning">
            <p>{news.value}</p>
            <button type="button" class="button button-small" onClick={() => (news.value = null)}>
              Close
            </button>
          </Notice>
        </div>
      )}
      {!gatewayAnswers.value && me.value !== undefined && (
        <div class="news">
          <Notice kind="problem">
            <p>The gateway does not answer. What is shown may be old.</p>
            <button type="button" class="button button-small" onClick={() => void refreshWho()}>
              Try again
            </button>
          </Notice>
        </div>
      )}
      {hat.value !== null && who?.restoresTo != null && (
        <aside class="worn" aria-label="The role that you are in">
          <p>
            In this role you have its permissions alone. Those of <bdi>{nameOf(who.restoresTo)}</bdi> are given up until
            you leave it.
          </p>
        </aside>
      )}
    </>
  );
}

const root = document.getElementById('console');
if (root !== null) render(<App />, root);
