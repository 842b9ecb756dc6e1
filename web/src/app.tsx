import { IconCompass } from '@tabler/icons-react';
import { Link, Route, Switch } from 'wouter';
import { NewExperimentPage } from './pages/experiments/new/new-page.tsx';
import { RunPage } from './pages/experiments/run/run-page.tsx';
import { ExperimentsPage } from './pages/experiments/runs-page.tsx';
import { FindingsPage } from './pages/findings/findings-page.tsx';
import { FunctionPage } from './pages/functions/function-page.tsx';
import { FunctionsPage } from './pages/functions/functions-page.tsx';
import { HomePage } from './pages/home/home-page.tsx';
import { PeoplePage } from './pages/people/people-page.tsx';
import { AuditPage } from './pages/settings/audit/audit-page.tsx';
import { TokensPage } from './pages/settings/tokens/tokens-page.tsx';
import { Empty } from './parts/empty.tsx';
import { Page } from './parts/page.tsx';
import { CallerContext, useSession } from './session.ts';
import { Login } from './shell/login.tsx';
import { Shell } from './shell/shell.tsx';

export function App() {
  const { session, login, logout } = useSession();
  if (session.state === 'unknown') return null;
  if (session.state === 'out') return <Login error={session.error} onLogin={login} />;
  return (
    <CallerContext value={session.caller}>
      <Shell onLogout={logout}>
        <Pages />
      </Shell>
    </CallerContext>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/" component={HomePage} />
      <Route path="/functions" component={FunctionsPage} />
      <Route path="/functions/:name">
        {({ name }) => <FunctionPage key={name} name={decodeURIComponent(name)} />}
      </Route>
      <Route path="/experiments" component={ExperimentsPage} />
      <Route path="/experiments/new" component={NewExperimentPage} />
      <Route path="/experiments/:runId">
        {({ runId }) => <RunPage key={runId} runId={decodeURIComponent(runId)} />}
      </Route>
      <Route path="/findings" component={FindingsPage} />
      <Route path="/people" component={PeoplePage} />
      <Route path="/settings/tokens" component={TokensPage} />
      <Route path="/settings/audit" component={AuditPage} />
      <Route component={NotFoundPage} />
    </Switch>
  );
}

function NotFoundPage() {
  return (
    <Page title="Not found">
      <div className="card">
        <Empty icon={IconCompass} title="This page does not exist" level="h2">
          <p>
            The link may be outdated. <Link href="/">Go to the overview</Link>.
          </p>
        </Empty>
      </div>
    </Page>
  );
}
