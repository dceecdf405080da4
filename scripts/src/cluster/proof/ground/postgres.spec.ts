import { databaseOf, postgresOf } from './postgres';

it('reads what the operator would make, under the name of each service', () => {
  const made = databaseOf('merchant-settlement');
  expect(made).toMatchObject({
    database: 'merchant-settlement',
    owner: 'merchant-settlement_owner',
    app: 'merchant-settlement_app',
    parameters: { synchronous_commit: 'on' },
  });
  expect(made.sql).toContain('grant connect on database "merchant-settlement" to "merchant-settlement_app"');
});

it('has the application own nothing: the owner is who the database is made for', () => {
  const [secret] = postgresOf(databaseOf('points'), 'postgres:18', { superuser: 's', owner: 'o', app: 'a' });
  const init = (secret as { stringData: Record<string, string> }).stringData['init.sql'];
  expect(init?.split('\n')).toEqual([
    `create role "points_owner" login password 'o';`,
    'create database "points" owner "points_owner";',
    '\\connect "points"',
    'create role atrium_app nologin;',
    'create role "points_app" login in role atrium_app;',
    'revoke all on database "points" from public;',
    'grant connect on database "points" to "points_app";',
    `alter role "points_app" password 'a';`,
  ]);
});
