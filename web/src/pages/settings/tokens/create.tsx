import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { type Answer, type ApiError, asApiError, call } from '../../../api.ts';
import { Copy } from '../../../parts/copy.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { Source } from '../../../parts/source.tsx';
import { type Permission, useCaller } from '../../../session.ts';
import { EXPIRIES, PERMISSIONS } from './permissions.ts';

type Created = Answer<'createToken'>;

/** Creates a token and shows its secret, which is stored nowhere, until the dialog closes. */
export function CreateToken({ onCreated }: { onCreated(): void }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [created, setCreated] = useState<Created | null>(null);

  function leave() {
    close();
    setCreated(null);
  }

  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        Create token
      </Button>
      <Modal
        opened={opened}
        onClose={leave}
        title={created === null ? 'Create a token' : `The token of ${created.token.name}`}
        closeOnClickOutside={created === null}
        centered
      >
        {created === null ? (
          <Draft
            onCancel={leave}
            onCreated={(answer) => {
              setCreated(answer);
              onCreated();
            }}
          />
        ) : (
          <Secret created={created} onClose={leave} />
        )}
      </Modal>
    </>
  );
}

function Draft({ onCancel, onCreated }: { onCancel(): void; onCreated(created: Created): void }) {
  const { permissions: own } = useCaller();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<Permission[]>(own.includes('read') ? ['read'] : []);
  const [expires, setExpires] = useState('90d');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onCreated(await call('createToken', { name: name.trim(), permissions: chosen, expires }));
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="stack">
      <TextInput
        label="Name"
        description="The person or machine that will use it. The audit log shows this name."
        placeholder="ci"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={64}
        data-autofocus
        required
        withAsterisk={false}
      />
      <Checkbox.Group
        label="Permissions"
        value={chosen}
        onChange={(values) =>
          setChosen(PERMISSIONS.map(({ value }) => value).filter((each) => values.includes(each)))
        }
      >
        <div className="choices">
          {PERMISSIONS.filter(({ value }) => own.includes(value)).map(({ value, label, help }) => (
            <Checkbox key={value} value={value} label={label} description={help} />
          ))}
        </div>
      </Checkbox.Group>
      <NativeSelect
        label="Expires"
        value={expires}
        onChange={(event) => setExpires(event.currentTarget.value)}
        data={[...EXPIRIES]}
      />
      {error !== null && <Failure error={error} />}
      <div className="form-end">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={name.trim() === '' || chosen.length === 0}>
          Create the token
        </Button>
      </div>
    </form>
  );
}

function Secret({ created, onClose }: { created: Created; onClose(): void }) {
  return (
    <div className="stack">
      <p>Copy it now: it will not be shown again, because only its hash is stored.</p>
      <div className="secret">
        <Source label="The secret" wrap>
          {created.secret}
        </Source>
        <Copy value={created.secret} what="the token" />
      </div>
      <p className="small muted">
        Give it to the CLI as <code>UPSTACK_TOKEN</code>, to the API as <code>Authorization: Bearer …</code>,
        or log in with it here.
      </p>
      <div className="form-end">
        <Button onClick={onClose}>I have copied it</Button>
      </div>
    </div>
  );
}
