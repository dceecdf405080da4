import { must } from '../cluster/proof/command';
import { makeNamespace } from '../cluster/proof/namespace';

/** What came in for one id: a second time means that it was asked for again, and answered as a duplicate. */
interface Received {
  id: string;
  to: string;
  text: string;
  times: number;
}

const PROGRAM = `
  const received = new Map();
  require('node:http').createServer((asked, answer) => {
    if (asked.method === 'GET') return answer.end(JSON.stringify([...received.values()]));
    let body = '';
    asked.on('data', (chunk) => (body += chunk)).on('end', () => {
      const id = asked.headers['idempotency-key'];
      const known = received.get(id);
      if (known) known.times++;
      else received.set(id, { ...JSON.parse(body), times: 1 });
      answer.writeHead(known ? 409 : 202, { 'content-type': 'application/json' });
      answer.end(JSON.stringify(known ? { code: 'DUPLICATE' } : {}));
    });
  }).listen(8080);`;

const LABELS = { app: 'sms-provider' };

/** The provider of text messages: outside of the release, so that it remembers what the release has lost. */
export class SmsProvider {
  constructor(
    readonly namespace: string,
    private readonly image: string,
  ) {}

  async start(): Promise<void> {
    const meta = { name: 'sms', namespace: this.namespace, labels: LABELS };
    const container = {
      name: 'sms',
      image: this.image,
      command: ['/usr/bin/tini', '--', 'node', '-e', PROGRAM],
      readinessProbe: { httpGet: { port: 8080 } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    };
    const securityContext = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: meta, spec: { securityContext, containers: [container] } };
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta,
      spec: { selector: LABELS, ports: [{ port: 8080 }] },
    };
    await makeNamespace(this.namespace);
    const list = { apiVersion: 'v1', kind: 'List', items: [pod, service] };
    await must('kubectl', ['apply', '-f', '-'], { input: JSON.stringify(list) });
    await must('kubectl', ['-n', this.namespace, 'wait', '--for=condition=Ready', 'pod/sms', '--timeout=120s']);
  }

  /** The release's values that send its messages here. */
  values(): object {
    const there = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': this.namespace } } };
    return {
      messaging: {
        secrets: { keys: ['SMS_PROVIDER_TOKEN'] },
        env: { SMS_PROVIDER_URL: `http://sms.${this.namespace}:8080` },
        egress: [{ to: [there], ports: [{ protocol: 'TCP', port: 8080 }] }],
      },
    };
  }

  async received(): Promise<Received[]> {
    const ask = `fetch('http://127.0.0.1:8080').then((a) => a.text()).then(console.log)`;
    const said = await must('kubectl', ['-n', this.namespace, 'exec', 'sms', '--', 'node', '-e', ask]);
    return JSON.parse(said) as Received[];
  }
}
