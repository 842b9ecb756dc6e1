import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ApiError } from '../api.ts';
import { Logo } from './logo.tsx';

export function Login({ error, onLogin }: { error: ApiError | null; onLogin(token: string): Promise<void> }) {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    await onLogin(token.trim());
    setBusy(false);
  }

  return (
    <main className="login">
      <div className="login-card">
        <div className="login-mark">
          <Logo size={36} />
          <h1>Log in to Upstack</h1>
        </div>
        <div className="card">
          <form onSubmit={submit} style={{ padding: 20 }}>
            <PasswordInput
              label="Token"
              size="md"
              description={
                <>
                  <code>npx upstack env</code> prints it as <code>UPSTACK_TOKEN</code>. The link that{' '}
                  <code>npm start</code> prints logs you in without it.
                </>
              }
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              error={error?.message}
              autoComplete="current-password"
              data-autofocus
              autoFocus
              required
              withAsterisk={false}
            />
            <Button type="submit" size="md" loading={busy} disabled={token.trim() === ''} fullWidth>
              Log in
            </Button>
          </form>
        </div>
      </div>
    </main>
  );
}
