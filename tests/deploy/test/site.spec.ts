import { describeWithHelm, render, type Resource, withValue } from './helm';

const PEER = [{ ipBlock: { cidr: '192.0.2.0/24' } }];
const SITE = {
  global: { site: { name: 'north', secret: 'north' }, networkPolicy: { hub: PEER } },
  gateway: { callers: { issuer: 'https://login.example', audience: 'atrium' } },
};
const HUB = { global: { sites: ['north'] }, nats: { leaf: { secret: 'sites', from: PEER } } };
const site = (values: object = SITE) => render('atrium', values, { files: ['values-site.yaml'] });
const hub = (values: object = HUB) => render('atrium', values, { files: ['values-small.yaml'] });
const named = (resources: Resource[], kind: string, name: string): Resource => {
  const found = resources.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};

describeWithHelm('a site and its hub', () => {
  it('the site is settlement and a gateway, a leaf with a domain, and reaches the hub alone', () => {
    const { resources, error } = site();
    expect(error).toBe('');
    const parts = resources.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name);
    expect(parts.sort()).toEqual([
      'a-gateway',
      'a-merchant-settlement',
      'a-merchant-settlement-worker',
      'a-operations',
    ]);
    for (const name of ['a-gateway', 'a-merchant-settlement'])
      expect(named(resources, 'ConfigMap', name).data).toMatchObject({ SITE: 'north' });
    const config = named(resources, 'ConfigMap', 'a-nats').data?.['nats.conf'];
    expect(config).toContain('domain: north');
    expect(config).toContain('remotes: [ { url: $LEAF_URL, account: ATRIUM } ]');
    const { egress } = named(resources, 'NetworkPolicy', 'a-nats').spec;
    expect(egress.at(-1)).toEqual({ to: PEER, ports: [{ protocol: 'TCP', port: 7422 }] });
    expect(JSON.stringify(named(resources, 'Deployment', 'a-merchant-settlement').spec)).toContain(
      '"name":"BLIND_INDEX_KEY","valueFrom":{"secretKeyRef":{"name":"north","key":"BLIND_INDEX_KEY"}}',
    );
  });

  it('the hub opens its line to sites alone, with a login that has a list', () => {
    const { resources, error } = hub();
    expect(error).toBe('');
    const config = named(resources, 'ConfigMap', 'a-nats').data?.['nats.conf'] ?? '';
    expect(config).toContain('domain: hub');
    expect(config).toContain('user: site-north, password: $SITE_north, permissions');
    expect(config).not.toMatch(/leafnodes \{[^}]*authorization/);
    const { ingress } = named(resources, 'NetworkPolicy', 'a-nats').spec;
    expect(ingress.at(-1)).toEqual({ from: PEER, ports: [{ protocol: 'TCP', port: 'leaf' }] });
    expect(named(resources, 'ConfigMap', 'a-merchant-settlement').data).toMatchObject({ SITES: 'north' });
  });

  it('neither has a line that nobody asked for', () => {
    const { text } = render('atrium', {}, { files: ['values-small.yaml'] });
    expect(text).not.toMatch(/leafnodes|7422/);
  });

  it.each<[string, unknown, string]>([
    ['global.site.name', '', 'global.site.name: in profile site, say which mall this is'],
    ['global.site.secret', '', 'global.site.secret: in profile site, name the Secret'],
    ['global.networkPolicy.hub', [], 'global.networkPolicy.hub: in profile site, say where the hub is'],
    ['global.sites', ['south'], 'global.sites: a site has no sites'],
    ['points.enabled', true, 'a site runs merchant-settlement alone'],
    ['merchantSettlement.databasePool', 64, 'postgres.maxConnections is 250: in an upgrade 268 may be open'],
    ['gateway.callers.issuer', '', 'gateway.callers.issuer and gateway.callers.audience: in profile site'],
    ['gateway.callers.audience', '', 'gateway.callers.issuer and gateway.callers.audience: in profile site'],
  ])('a site with %s = %j is told in one line', (path, value, line) => {
    const { error } = site(withValue(SITE, path, value));
    expect(error).toContain(line);
    expect(error.split('\n')).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    ['nats.leaf.secret', '', 'nats.leaf.secret: name the Secret with a password'],
    ['nats.leaf.from', [], 'nats.leaf.from: say from where sites connect'],
    ['global.site.name', 'north', 'global.site.name: north is a site only in profile site'],
  ])('a hub with %s = %j is told in one line', (path, value, line) => {
    const { error } = hub(withValue(HUB, path, value));
    expect(error).toContain(line);
    expect(error.split('\n')).toHaveLength(1);
  });

  it('no site is called hub', () => {
    expect(site(withValue(SITE, 'global.site.name', 'hub')).error).toContain('/global/site/name');
  });
});
