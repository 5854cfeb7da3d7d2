// Looking for secrets in every byte that was written (S62).
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

function* filesBelow(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

const base32 = (bytes) => {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return bits.match(/.{5}/g).map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(five, 2)]).join('');
};

/** A secret in the ways in which it might be written; base64 as it looks inside something longer. */
function spellings(secret) {
  const bytes = Buffer.from(secret);
  const plain = [secret, secret.trim().replace(/\s+/g, ' '), secret.replace(/[\s-]/g, ''), encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'), bytes.toString('hex'), JSON.stringify(secret).slice(1, -1)];
  if (bytes.length < 8) return plain.filter((text) => text.length >= 6);
  const encoded = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').slice(shift ? 4 : 0, -4));
  return [...plain, ...encoded, ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')), base32(bytes)];
}

/** Where these secrets stand in the clear: in a folder's files, or in `texts`, by name. Case does not matter. */
export function traces(secrets, folder, texts) {
  const written = new Map(Object.entries(texts));
  for (const path of filesBelow(folder)) written.set(path, readFileSync(path, 'latin1'));
  const wanted = [...new Set(secrets)].map((secret) => [secret, [...new Set(spellings(secret).map((text) => text.toLowerCase()))]]);
  const found = [];
  for (const [where, text] of written) {
    const bytes = text.toLowerCase();
    for (const [secret, forms] of wanted)
      for (const form of forms) {
        // Six digits stand somewhere in any longer number.
        const there = /^\d+$/.test(form) ? new RegExp(`(?<!\\d)${form}(?!\\d)`).test(bytes) : bytes.includes(form);
        if (there) found.push(`${secret} as ${form} in ${where}`);
      }
  }
  return found;
}
