import { useLocalStorage } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { openLive } from '../live.ts';
import { Header } from './header.tsx';
import { Lost } from './lost.tsx';
import { Side, Tabs } from './navigation.tsx';

/** The frame around every page. Navigation scrolls to the top and moves the keyboard focus to the content. */
export function Shell({ children, onLogout }: { children: ReactNode; onLogout(): void }) {
  const [collapsed, setCollapsed] = useLocalStorage({ key: 'upstack-navigation', defaultValue: false });
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);

  useEffect(openLive, []);

  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <div className="shell" data-collapsed={collapsed ? '' : undefined}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Side collapsed={collapsed} onToggle={() => setCollapsed(!collapsed)} />
      <div className="column">
        <Header onLogout={onLogout} />
        <Lost />
        <main className="main" id="main" ref={main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <Tabs />
    </div>
  );
}
