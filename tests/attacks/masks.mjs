// Pages without what belongs to one visit alone, so that those of two people can be compared byte by byte.

/** Two visits are a little apart, at most a minute or two. */
const about = (seconds) => `in about ${5 * Math.round(seconds / 300)} minutes`;

/** With moments as the time from when the page was made. */
function relative(text) {
  const now = Date.parse(/data-now="([^"]*)"/.exec(text)?.[1]);
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, (moment) => about((Date.parse(moment) - now) / 1000))
    .replace(/(<time datetime="[^"]*")[^>]*>[^<]*<\/time>/g, '$1>TIME');
}

/** A page without tokens, ids, and the name itself, with times that are counted from now. */
export function masked(text, name) {
  return relative(text)
    .replaceAll(name, 'NAME')
    .replace(/\b[a-z]••••@[a-z]••••\.(org|com)/g, 'ADDRESS')
    // Decoys have initials of their own, and some a second address, as people do.
    .replace(/<li>\n<form[^]*?<\/form>\n<\/li>\n/, '')
    .replace(/(<li>\n<form[^]*?<\/form>\n<\/li>\n)*<\/ul>/, '</ul>')
    .replace(/<form method="post" action="[^"]*\/another-way">[^]*?<\/form>\n/, '')
    .replace(/<li>Use another way.*<\/li>\n/, '')
    .replace(/(<li>\n<div class="row blocked">.*\n<\/li>\n)+/, '$1')
    .replace(/Choose how\.|This is how:/, 'HOW')
    .replace(/\n{2,}/g, '\n')
    .replace(/[a-z0-9]{26}/g, 'ID')
    .replace(/[a-z0-9]{16}\.[a-z0-9]{24}/g, 'TOKEN')
    .replace(/[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'REFERENCE')
    .replace(/value="(profile|ID)"/g, 'value="DEVICE"');
}

/** Whether the message has left by now is chance, and decides what is said of it and of its code's time. */
export const withoutDelivery = (text) => text
  .replace(/(<div id="delivery"[^>]*>)[^]*?<\/div>/, '$1</div>')
  .replace(/<p class="clock"[^]*?<\/p>/, '');

/** Headers and cookies, without what belongs to one visit. */
export function headersOf(headers) {
  return [...headers].map(([name, value]) => {
    if (['date', 'content-length'].includes(name)) return [name, ''];
    if (name === 'retry-after') return [name, about(value)];
    return [name, value.replace(/[a-z0-9]{26,}/g, 'ID')];
  });
}
