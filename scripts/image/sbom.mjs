// What is in the image, as CycloneDX 1.5: no time and no serial number, so that the same packages give the same file.

/**
 * @param {Map<string, {folder: string, manifest: object, needs: Set<string>, bundled?: {name: string, license?: string}[]}>} packages
 * @param {{name: string, version: string, license: string}} product
 * @param {Record<string, {integrity?: string}>} locked `packages` of package-lock.json
 */
export function sbom(packages, product, locked) {
  const all = [...packages.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
  const root = `pkg:npm/${product.name}@${product.version}`;
  const refs = new Map(all.map(({ folder, manifest }) => [folder, `${purl(manifest)}#${folder}`]));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': root, ...product, ...licenses(product.license), license: undefined },
    },
    components: all.map(({ folder, manifest, bundled = [] }) => ({
      type: 'library',
      'bom-ref': refs.get(folder),
      name: manifest.name,
      version: manifest.version,
      purl: purl(manifest),
      ...hashes(locked[folder]?.integrity),
      ...licenses(manifest.license),
      // Built into its files by its makers, who do not say in which version.
      ...(bundled.length === 0 ? {} : { components: bundled.map(part) }),
    })),
    dependencies: all.map(({ folder, needs }) => ({
      ref: refs.get(folder),
      dependsOn: [...needs].map((needed) => refs.get(needed)).sort(),
    })),
  };
}

const part = ({ name, license }) => ({ type: 'library', name, ...licenses(license) });

const purl = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

function hashes(integrity) {
  const [algorithm, content] = (integrity ?? '').split(/-(.*)/s);
  if (algorithm !== 'sha512' || !content) return {};
  return { hashes: [{ alg: 'SHA-512', content: Buffer.from(content, 'base64').toString('hex') }] };
}

function licenses(license) {
  if (typeof license !== 'string' || license === '') return {};
  return { licenses: [/^[\w.+-]+$/.test(license) ? { license: { id: license } } : { expression: license }] };
}
