// npm run test:cluster [-- --image REPOSITORY:TAG] [--set KEY=VALUE …] [--keep]: the charts on the cluster of the current kubeconfig, in a
// namespace of their own with the restricted Pod Security level. Not part of npm test. The image must be there already.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const chart = join(root, 'charts', 'atrium');
const NAMESPACE = 'atrium-test';
const RELEASE = 'a';
const { values: options } = parseArgs({
  options: {
    image: { type: 'string', default: 'atrium:0.1.0' },
    set: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
  },
});
const [, repository, tag] = /^(.+):([^:/]+)$/.exec(options.image) ?? [];
const started = Date.now();
let passed = 0;
let failed = 0;

function run(command, args, input) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', input, maxBuffer: 2 ** 27 });
  if (error) throw new Error(`${command} cannot be run: ${error.message}`);
  const text = `${stdout}${stderr}`.replaceAll(/^.*symbolic link.*\n/gm, '');
  return { ok: status === 0, text, stdout };
}

function check(what, work) {
  const begun = Date.now();
  const problem = work();
  console.log(
    `${problem ? 'FAILED' : 'ok    '} ${what} (${((Date.now() - begun) / 1000).toFixed(1)} s)${problem ? `\n${problem}` : ''}`,
  );
  if (problem) failed++;
  else passed++;
}

const all = ({ ok, text }) => (ok ? undefined : text);
const settings = [
  ...(repository ? ['--set', `global.image.repository=${repository}`, '--set-string', `global.image.tag=${tag}`] : []),
  ...options.set.flatMap((pair) => ['--set', pair]),
];
const small = ['-n', NAMESPACE, '-f', join(chart, 'values-small.yaml'), ...settings];

/** A pod of this release's image that asks whether it can connect; under labels it may or may not reach them. */
function reaches(name, labels, targets) {
  const script = `
    const { connect } = require('node:net');
    const tries = ${JSON.stringify(targets)}.map(([host, port]) => new Promise((resolve) => {
      const socket = connect({ host, port, timeout: 4000 });
      socket.on('connect', () => (socket.destroy(), resolve(host + ' open')));
      for (const end of ['error', 'timeout']) socket.on(end, () => (socket.destroy(), resolve(host + ' closed')));
    }));
    Promise.all(tries).then((lines) => console.log(lines.join('\\n')));`;
  const container = {
    name,
    image: options.image,
    command: ['/usr/bin/tini', '--', 'node', '-e', script],
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
    },
  };
  run('kubectl', ['delete', 'pod', '-n', NAMESPACE, name, '--ignore-not-found']);
  const made = run('kubectl', ['apply', '-f', '-'], JSON.stringify(pod));
  if (!made.ok) return made.text;
  run('kubectl', [
    'wait',
    '-n',
    NAMESPACE,
    `pod/${name}`,
    '--for=jsonpath={.status.phase}=Succeeded',
    '--timeout=120s',
  ]);
  const log = run('kubectl', ['logs', '-n', NAMESPACE, name]).stdout.trim();
  run('kubectl', ['delete', 'pod', '-n', NAMESPACE, name]);
  return log;
}

const selector = (name, component) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': RELEASE,
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/part-of': 'atrium',
});
const TARGETS = [
  [`${RELEASE}-postgres`, 5432],
  [`${RELEASE}-nats`, 4222],
  [`${RELEASE}-points`, 8080],
  [`${RELEASE}-member`, 8080],
];
const isExactly = (open) => (log) => {
  const expected = TARGETS.map(([host], at) => `${host} ${open[at] ? 'open' : 'closed'}`).join('\n');
  return log === expected ? undefined : `expected:\n${expected}\nfound:\n${log}`;
};

run('kubectl', ['create', 'namespace', NAMESPACE]);
run('kubectl', ['label', '--overwrite', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted']);
check('server-side dry run of profile small, strict, restricted', () => {
  const rendered = run('helm', ['template', RELEASE, chart, ...small, '--kube-version', '1.34.0']);
  if (!rendered.ok) return rendered.text;
  const applied = run(
    'kubectl',
    ['apply', '-n', NAMESPACE, '--dry-run=server', '--validate=strict', '-f', '-'],
    rendered.stdout,
  );
  return applied.ok && !/Warning/.test(applied.text)
    ? undefined
    : applied.text.replaceAll(/^.*\(server dry run\)\n/gm, '');
});
check('a Secret that is not there is told at once', () => {
  const { ok, text } = run('helm', [
    'install',
    'b',
    chart,
    ...small,
    '--set',
    'points.secrets.app=nowhere',
    '--dry-run=server',
  ]);
  return !ok && text.includes(`points: secrets.app: there is no Secret nowhere in namespace ${NAMESPACE}`)
    ? undefined
    : text;
});
check('install, until everything is available', () => {
  const installed = run('helm', ['upgrade', '--install', RELEASE, chart, ...small]);
  if (!installed.ok) return installed.text;
  const which = ['-l', `app.kubernetes.io/instance=${RELEASE}`];
  return all(
    run('kubectl', ['wait', '-n', NAMESPACE, '--for=condition=Available', '--timeout=15m', 'deployment', ...which]),
  );
});
check('helm test', () => all(run('helm', ['test', RELEASE, '-n', NAMESPACE, '--timeout', '5m'])));
check('a stranger reaches no database, no NATS, no subgraph', () =>
  isExactly([false, false, false, false])(reaches('stranger', {}, TARGETS)),
);
check('a subgraph reaches the database and NATS, and no other subgraph', () =>
  isExactly([true, true, false, false])(reaches('like-points', selector('points', 'api'), TARGETS)),
);
check('the gateway reaches subgraphs and NATS, and no database', () =>
  isExactly([false, true, true, true])(reaches('like-gateway', selector('gateway', 'server'), TARGETS)),
);
check('an upgrade that changes nothing keeps every key', () => {
  const keys = () =>
    run('kubectl', [
      'get',
      'secrets',
      '-n',
      NAMESPACE,
      '-l',
      'app.kubernetes.io/part-of=atrium',
      '-o',
      'jsonpath={.items[*].data}',
    ]).stdout;
  const before = keys();
  const upgraded = run('helm', ['upgrade', RELEASE, chart, ...small, '--wait', '--timeout', '10m']);
  if (!upgraded.ok) return upgraded.text;
  return before !== '' && keys() === before ? undefined : 'Secrets have changed';
});
if (!options.keep) {
  run('helm', ['uninstall', RELEASE, '-n', NAMESPACE, '--wait']);
  run('kubectl', ['delete', 'namespace', NAMESPACE]);
}
console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
