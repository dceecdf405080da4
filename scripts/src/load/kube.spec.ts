import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { openRelease } from './kube';
import type { LoadOptions } from './options';

/** In the place of kubectl: writes down what it is asked, answers as a release with its pod for operators at 0 would. */
const KUBECTL = `#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in
  *configmap*) echo '{"data":{"CALLER_ISSUER":"i","CALLER_AUDIENCE":"a"}}' ;;
  *secret*) printf %s "$KEY" | base64 ;;
  *spec.replicas*) printf 0 ;;
  *port-forward*) echo 'Forwarding from 127.0.0.1:1 -> 8080'; exec sleep 60 ;;
  *consumers*) echo '[]'; test -z "$SLOW" || exec sleep 60 ;;
  rollout*) exit "\${DOES_NOT_COME:-0}" ;;
esac
`;
const DEPLOYMENT = '-n ns deployment/a-operations';
const UP = `scale ${DEPLOYMENT} --replicas=1`;
const DOWN = `scale ${DEPLOYMENT} --replicas=0`;

const before = { ...process.env };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atrium-kubectl-'));
  writeFileSync(join(folder, 'kubectl'), KUBECTL);
  chmodSync(join(folder, 'kubectl'), 0o755);
  writeFileSync(join(folder, 'asked'), '');
  Object.assign(process.env, {
    PATH: `${folder}${delimiter}${before['PATH']}`,
    ASKED: join(folder, 'asked'),
    KEY: '{"kty":"OKP"}',
  });
});
afterEach(() => {
  for (const name of ['PATH', 'ASKED', 'KEY', 'SLOW', 'DOES_NOT_COME']) delete process.env[name];
  Object.assign(process.env, before);
  rmSync(folder, { recursive: true });
});

const asked = () => readFileSync(join(folder, 'asked'), 'utf8').split('\n');
const scaled = () => asked().filter((line) => line.startsWith('scale'));
const open = (more: Partial<LoadOptions> = {}) => openRelease('ns/a', { url: 'http://x', ...more } as LoadOptions);

it('the pod for operators is there for the questions after the load, and no longer', async () => {
  const target = await open();
  expect(scaled()).toEqual([]);
  expect(await target.drain?.(1_000)).toEqual([]);
  expect(scaled()).toEqual([UP]);
  await target.close();
  expect(scaled()).toEqual([UP, DOWN]);
});

it('it goes when a question is broken off, and when it does not come up', async () => {
  process.env['SLOW'] = 'yes';
  const target = await open();
  const drain = target.drain?.(1_000).catch(() => undefined);
  while (!asked().some((line) => line.startsWith('exec'))) await new Promise((resolve) => setTimeout(resolve, 20));
  await target.close();
  await drain;
  process.env['DOES_NOT_COME'] = '1';
  const other = await open();
  await expect(other.drain?.(1_000)).rejects.toThrow('deployment/a-operations does not come up');
  await other.close();
  expect(scaled()).toEqual([UP, DOWN, UP, DOWN]);
}, 60_000);

it('a load that ends before its questions has not touched it', async () => {
  await (await open()).close();
  expect(scaled()).toEqual([]);
});

it('a key that cannot be read is told before there is anything to put away', async () => {
  process.env['KEY'] = 'none';
  await expect(openRelease('ns/a', {} as LoadOptions)).rejects.toThrow('Secret a-callers is no private JWK');
  expect(asked().filter((line) => /port-forward|replicas/.test(line))).toEqual([]);
});
