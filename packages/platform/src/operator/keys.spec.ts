import { createLocalJWKSet, exportJWK, generateKeyPair, generateSecret, type JWK, jwtVerify } from 'jose';
import { signCallerToken } from './keys';

const CLAIM = { kind: 'SERVICE', permissions: [] } as unknown as Parameters<typeof signCallerToken>[2];
const NAMES = { issuer: 'https://login.example', audience: 'atrium' };
/** As gateway/src/identity takes them. */
const TAKEN = { ...NAMES, algorithms: ['EdDSA', 'ES256', 'RS256'] };

describe("a caller's token signed by a private key of the identity provider", () => {
  it.each([
    ['EdDSA', { kid: 'one', alg: 'EdDSA' }],
    ['EdDSA', {}],
    ['ES256', { kid: 'one' }],
    ['ES256', { alg: 'ES256' }],
    ['RS256', { kid: 'one', alg: 'RS256', use: 'sig' }],
    ['RS256', {}],
  ])('by %s, of a JWK that says %j', async (algorithm, says) => {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const token = await signCallerToken({ issuer: { ...(await exportJWK(privateKey)), ...says } }, 'me', CLAIM, NAMES);
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), ...says }] });
    const { payload, protectedHeader } = await jwtVerify(token, keys, TAKEN);
    expect([payload.sub, protectedHeader.alg]).toEqual(['me', algorithm]);
  });

  const privateOf = async (algorithm: string): Promise<JWK> =>
    exportJWK((await generateKeyPair(algorithm, { extractable: true })).privateKey);

  it.each<[string, () => Promise<JWK>, RegExp]>([
    ['of another curve', () => privateOf('ES384'), /^A key of kind EC P-384 signs nothing that the gateway takes: /],
    ['for another use', async () => ({ ...(await privateOf('RS256')), alg: 'PS256' }), /^A key of kind RSA for PS256 /],
    [
      'a shared secret',
      async () => exportJWK(await generateSecret('HS256', { extractable: true })),
      /^A key of kind oct /,
    ],
    ['no JWK', () => Promise.resolve({} as JWK), /^A key of kind \(none\) signs nothing/],
    ['public', async () => ({ ...(await privateOf('ES256')), d: undefined }) as JWK, /^This JWK has no private part/],
    ['damaged', async () => ({ ...(await privateOf('EdDSA')), d: 'AAAA' }), /^This JWK is no OKP Ed25519 key: /],
  ])('a key that is %s is refused in one line', async (_, make, text) => {
    await expect(signCallerToken({ issuer: await make() }, 'me', CLAIM, NAMES)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(text) as unknown,
    });
  });
});
