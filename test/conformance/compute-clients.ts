import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { executableZip } from './compute-support.ts';

export type Language = 'node' | 'python' | 'bash';

/** The program in an execution environment that asks the Runtime API for work, and how a function comes with it. */
export interface RuntimeClient {
  name: string;
  language: Language;
  /** The settings of a function of these files. */
  settings(files: Record<string, string>): Pick<CreateFunctionCommandInput, 'Runtime' | 'Code'>;
}

export const OUR_NODE: RuntimeClient = {
  name: 'nodejs24.x',
  language: 'node',
  settings: (files) => ({ Runtime: 'nodejs24.x', Code: { ZipFile: executableZip(files) } }),
};

export const OUR_PYTHON: RuntimeClient = {
  name: 'python3.13',
  language: 'python',
  settings: (files) => ({ Runtime: 'python3.13', Code: { ZipFile: executableZip(files) } }),
};

/** A runtime in plain bash: HTTP over /dev/tcp, one connection for each request. `handle` is in the function's `index.sh`. */
const BASH_BOOTSTRAP = `#!/bin/bash
call() { # method path body
  exec 3<>"/dev/tcp/\${AWS_LAMBDA_RUNTIME_API%:*}/\${AWS_LAMBDA_RUNTIME_API#*:}"
  printf '%s /2018-06-01/runtime/%s HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$1" "$2" "\${#3}" "$3" >&3
  answer=$(cat <&3)
  exec 3>&-
}
. "$LAMBDA_TASK_ROOT/index.sh"
while true; do
  call GET invocation/next ''
  id=$(grep -i '^lambda-runtime-aws-request-id:' <<< "$answer" | tr -d '\\r' | cut -d' ' -f2)
  event=$(tail -n 1 <<< "$answer")
  if result=$(handle "$event"); then call POST "invocation/$id/response" "$result"; else call POST "invocation/$id/error" "$result"; fi
done
`;

export const BASH: RuntimeClient = {
  name: 'provided.al2023 with bash',
  language: 'bash',
  settings: (files) => custom({ ...files, bootstrap: BASH_BOOTSTRAP }),
};

/** AWS's client for Node, started by the package's own `bootstrap`. */
export function officialNode(program: string): RuntimeClient {
  const bootstrap = `#!/bin/sh\nexec ${process.execPath} ${program}\n`;
  return {
    name: 'provided.al2023 with aws-lambda-ric',
    language: 'node',
    settings: (files) => custom({ ...files, bootstrap }),
  };
}

function custom(files: Record<string, string>): ReturnType<RuntimeClient['settings']> {
  return { Runtime: 'provided.al2023', Code: { ZipFile: executableZip(files) } };
}
