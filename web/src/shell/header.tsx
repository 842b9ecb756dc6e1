import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { useLive } from '../live.ts';
import { useCaller } from '../session.ts';
import { chaptersFor, trailOf } from './chapters.ts';
import { Logo } from './logo.tsx';

const SCHEMES = [
  { value: 'auto', label: 'System', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
] as const;

function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Current = SCHEMES.find(({ value }) => value === colorScheme)?.icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={34} aria-label="Colour scheme">
          <Current size={18} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} stroke={1.7} />}
            rightSection={value === colorScheme ? <IconCheck size={15} aria-label="selected" /> : null}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const CONNECTIONS = {
  live: { tone: 'good', label: 'Live', help: 'This page updates live' },
  connecting: { tone: 'warn', label: 'Connecting', help: 'Connecting to live updates' },
  lost: { tone: 'bad', label: 'Offline', help: 'Live updates are disconnected. Numbers may be out of date.' },
} as const;

function LiveState() {
  const connection = useLive((live) => live.connection);
  const { tone, label, help } = CONNECTIONS[connection];
  return (
    <Tooltip label={help}>
      <span className="live-state" data-testid="live" data-connection={connection}>
        <span className="dot" data-tone={tone} data-pulse={connection === 'live' ? '' : undefined} />
        {label}
      </span>
    </Tooltip>
  );
}

function Trail() {
  const [path] = useLocation();
  const trail = trailOf(path);
  return (
    <nav aria-label="Breadcrumb">
      <ol className="crumbs">
        {trail.map((step, index) => (
          <li key={step.label} aria-current={index === trail.length - 1 ? 'page' : undefined}>
            {step.path === undefined ? step.label : <Link href={step.path}>{step.label}</Link>}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The account menu: who is logged in, Settings, and log out. */
function Account({ onLogout }: { onLogout(): void }) {
  const { name, permissions } = useCaller();
  const settings = chaptersFor(permissions).flatMap(({ aside, destinations }) => (aside ? destinations : []));
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={34} aria-label={`Account of ${name}`}>
          <IconUserCircle size={19} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Logged in as {name}</Menu.Label>
        {settings.map(({ label, path, icon: Icon }) => (
          <Menu.Item key={path} component={Link} href={path} leftSection={<Icon size={16} stroke={1.7} />}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} />} onClick={onLogout}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function Header({ onLogout }: { onLogout(): void }) {
  const demo = useLive((live) => live.overview?.demo ?? false);
  return (
    <header className="header">
      <Link href="/" className="brand" aria-label="Upstack, overview">
        <Logo />
        <span>Upstack</span>
      </Link>
      <Trail />
      <div className="header-end">
        {demo && (
          <Tooltip label="The example shop and its simulated shoppers produce these numbers">
            <span className="badge">Demo data</span>
          </Tooltip>
        )}
        <LiveState />
        <SchemeSwitch />
        <Account onLogout={onLogout} />
      </div>
    </header>
  );
}
