import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { executableZip } from '../support/functions-made.ts';

export type Language = 'node' | 'python' | 'bash';

/** The program in an execution environment that asks the Runtime API for work, and how a function comes with it. */
export interface RuntimeClient {
  name: string;
  language: Language;
  /** The tables of behaviours that depend on the client; all of them without this. */
  tables?: string[];
  /** The settings of a function of these files. */
  settings(
    files: Record<string, string>,
  ): Pick<CreateFunctionCommandInput, 'Runtime' | 'Code' | 'Environment'>;
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

/** Answers in chunks, and ends a connection without a word where a second request comes, as proxies may. */
const NODE_PROXY = `
const { createServer, request } = require('node:http');
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const used = new WeakSet();
const server = createServer((incoming, answer) => {
  if (used.has(incoming.socket)) return incoming.socket.destroy();
  used.add(incoming.socket);
  const { method, url: path, headers } = incoming;
  const onward = request({ host, port, method, path, headers, agent: false }, (answered) => {
    const { 'content-length': _, ...kept } = answered.headers;
    answer.writeHead(answered.statusCode, kept);
    answered.pipe(answer);
  });
  incoming.on('data', (part) => onward.write(part));
  incoming.on('end', () => {
    if (headers.trailer) onward.addTrailers(incoming.trailers);
    onward.end();
  });
});
server.listen(0, '127.0.0.1', () => require('node:fs').writeFileSync(process.argv[2], '127.0.0.1:' + server.address().port));
`;

/** The same in Python, but for the chunks. */
const PYTHON_PROXY = `
import http.client, http.server, os, sys
class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    used = False
    def pass_on(self):
        if self.used:
            self.close_connection = True
            return
        self.used = True
        body = self.rfile.read(int(self.headers.get('content-length', 0)))
        onward = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
        onward.request(self.command, self.path, body, dict(self.headers))
        answered = onward.getresponse()
        self.send_response(answered.status)
        for name, value in answered.getheaders(): self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answered.read())
    do_GET = do_POST = pass_on
    def log_message(self, *ignored): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Proxy)
with open(sys.argv[1] + '~', 'w') as file: file.write('127.0.0.1:%d' % server.server_port)
os.rename(sys.argv[1] + '~', sys.argv[1])
server.serve_forever()
`;

/** Starts the proxy by the runtime's own program, and the runtime when the proxy listens. */
const WRAPPER = `#!/bin/sh
file="\${TMPDIR:-/tmp}/proxy"
"$1" "$LAMBDA_TASK_ROOT/proxy.cjs" "$file" &
until [ -s "$file" ]; do sleep 0.02; done
export AWS_LAMBDA_RUNTIME_API="$(cat "$file")"
exec "$@"
`;

/** The same with a wrapper script that puts a proxy between the client and the Runtime API. */
export function proxied(client: RuntimeClient): RuntimeClient {
  const proxy = client.language === 'python' ? PYTHON_PROXY : NODE_PROXY;
  return {
    ...client,
    name: `${client.name} behind a proxy`,
    tables: ['results', 'failures', 'streams'],
    settings: (files) => ({
      ...client.settings({ ...files, wrapper: WRAPPER, 'proxy.cjs': proxy }),
      Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/wrapper' } },
    }),
  };
}

function custom(files: Record<string, string>): ReturnType<RuntimeClient['settings']> {
  return { Runtime: 'provided.al2023', Code: { ZipFile: executableZip(files) } };
}
