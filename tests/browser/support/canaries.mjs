// Looking for secrets in every byte that was written (S62).
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export function* filesBelow(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const status = statSync(path);
    if (status.isDirectory()) yield* filesBelow(path);
    else if (status.isFile()) yield path;
  }
}

const rfc4648 = 'abcdefghijklmnopqrstuvwxyz234567';
const ours = '0123456789abcdefghjkmnpqrstvwxyz';  // engine/random.cpp

/** Bytes as letters of so many bits. */
const base = (bits, letters) => (bytes) => (Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  .match(new RegExp(`.{${bits}}`, 'g')) ?? []).map((few) => letters[parseInt(few, 2)]).join('');

/** What is left of an encoding wherever in something longer the secret stands: the letters that it alone decides. */
function inside(bytes, bits, encode) {
  const group = bits === 6 ? 3 : 5;
  return Array.from({ length: group }, (_, shift) =>
    encode(Buffer.concat([Buffer.alloc(shift), bytes, Buffer.alloc(group)]))
      .slice(Math.ceil(8 * shift / bits), Math.floor(8 * (shift + bytes.length) / bits)));
}

const escaped = (text) => text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

/** A secret, a text or bytes, in the ways in which it might be written: those of which case matters, and the others. */
export function spellings(secret) {
  const text = typeof secret === 'string' ? secret : undefined;
  const bytes = Buffer.from(secret);
  const base64 = inside(bytes, 6, (some) => some.toString('base64'));
  const exact = [...base64, ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
  const loose = [bytes, Buffer.from(bytes).reverse(), bytes.toString('hex'),
    ...[rfc4648, ours].flatMap((letters) => inside(bytes, 5, base(5, letters))),
    Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')];
  if (text !== undefined) {
    const json = JSON.stringify(text).slice(1, -1);
    loose.push(text.trim().replace(/\s+/g, ' '), text.replace(/[\s-]/g, ''), [...text].reverse().join(''), escaped(text), json,
      json.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      encodeURIComponent(text), encodeURIComponent(text).replaceAll('%20', '+'), Buffer.from(text, 'utf16le'));
  }
  const long = (forms) => [...new Set(forms.map((form) => Buffer.from(form).toString('latin1')))].filter(({ length }) => length >= 6);
  return { exact: long(exact), loose: long(loose) };
}

const lower = Uint8Array.from({ length: 256 }, (_, byte) => byte >= 65 && byte <= 90 ? byte + 32 : byte);
const lowered = (form) => form.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const hash = (four) => (four ^ (four >>> 15)) & 0xffff;

/** Finds secrets in bytes, all at once: by their first four bytes. */
class Search {
  constructor(secrets) {
    this.begins = new Map();
    this.maybe = new Uint8Array(0x10000);
    for (const secret of new Set(secrets)) {
      const { exact, loose } = spellings(secret);
      for (const form of exact) this.add(secret, form, true);
      for (const form of loose) this.add(secret, form, false);
    }
  }

  add(secret, form, exact) {
    const small = lowered(form);
    const four = Buffer.from(small, 'latin1').readInt32BE();
    this.maybe[hash(four)] = 1;
    this.begins.set(four, [...this.begins.get(four) ?? [], { secret, form, small, exact }]);
  }

  * in(bytes) {
    let four = 0;
    for (let end = 1; end <= bytes.length; ++end) {
      four = (four << 8) | lower[bytes[end - 1]];
      if (end < 4 || !this.maybe[hash(four)]) continue;
      for (const one of this.begins.get(four) ?? []) if (this.stands(one, bytes, end - 4)) yield one;
    }
  }

  stands({ form, small, exact }, bytes, at) {
    const there = bytes.toString('latin1', at, at + form.length);
    if (exact ? there !== form : lowered(there) !== small) return false;
    // Six digits stand somewhere in any longer number.
    const digit = (where) => bytes[where] >= 48 && bytes[where] <= 57;
    return !/^\d+$/.test(form) || !(digit(at - 1) || digit(at + form.length));
  }
}

/** Where these secrets stand in the clear, in files or in `texts` by name. */
export function traces(secrets, files, texts) {
  const search = new Search(secrets);
  const found = new Set();
  const look = (where, bytes) => {
    for (const { secret, form } of search.in(bytes))
      found.add(`${typeof secret === 'string' ? secret : secret.toString('hex')} as ${form} in ${where}`);
  };
  for (const path of files) look(path, readFileSync(path));
  for (const [name, text] of Object.entries(texts)) look(name, Buffer.from(text));
  return [...found];
}
