#!/usr/bin/env node
// Writes the manifest of all operations that modules export, for the gateway's safelist:
// atrium-manifest OUT.json MODULE.js …
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import client from '../dist/index.js';

const [out, ...modules] = process.argv.slice(2);
if (out === undefined || modules.length === 0) {
  console.error('atrium-manifest OUT.json MODULE.js …');
  process.exit(2);
}
const documents = [];
for (const file of modules) {
  const exported = await import(pathToFileURL(resolve(file)).href);
  // A CommonJS module shows its exports as one default.
  documents.push(...client.documentsIn({ ...exported.default, ...exported }));
}
const manifest = await client.manifestOf(documents);
const text = `${JSON.stringify(manifest, null, 2)}\n`;
const before = (() => {
  try {
    return readFileSync(out, 'utf8');
  } catch {
    return null;
  }
})();
if (before !== text) writeFileSync(out, text);
console.log(`${out}: ${manifest.operations.length} operations${before === text ? ', fresh' : ''}`);
