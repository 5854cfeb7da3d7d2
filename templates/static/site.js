// Enhancements only: every page works without this file.
(() => {
  'use strict';
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const instant = (text) => Date.parse(text);

  // How far this machine's clock is from the server's, so that countdowns are right on both.
  const skew = instant(document.body.dataset.now) - Date.now() || 0;
  const now = () => Date.now() + skew;

  // 75 seconds are "1:15", and a little more than an hour "1:00:04".
  const clock = (milliseconds) => {
    const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
    const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
    if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
    return parts.map((part, i) => (i ? String(part).padStart(2, '0') : part)).join(':');
  };

  // Times in the reader's own zone.
  const forms = {
    time: { hour: 'numeric', minute: '2-digit' },
    date: { dateStyle: 'long' },
    date_time: { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' },
    exact: { dateStyle: 'full', timeStyle: 'long' },
  };
  const localize = (root) => {
    const write = (at, form) => new Intl.DateTimeFormat(document.documentElement.lang + '-u-nu-latn', forms[form]).format(at);
    for (const time of all('time[data-as]', root)) {
      const at = instant(time.dateTime);
      time.textContent = write(at, time.dataset.as);
      time.title = write(at, 'exact');
    }
  };

  // What counts down, and what may be pressed when it is over.
  const tick = () => {
    for (const line of all('.clock[data-ends]')) {
      const left = instant(line.dataset.ends) - now();
      line.textContent = left > 0 ? line.dataset.clock.replace('0:00', clock(left)) : line.dataset.over;
    }
    for (const action of all('.action[data-available]')) {
      const left = instant(action.dataset.available) - now();
      const hint = action.querySelector('.hint');
      action.querySelector('button').disabled = left > 0;
      hint.hidden = left <= 0;
      hint.textContent = hint.dataset.clock.replace('0:00', clock(left));
    }
    warn();
  };

  // Asks for more time before the page runs out.
  let asked = false;
  const warn = () => {
    const box = document.querySelector('.time-out');
    const form = box && box.querySelector('form');
    const left = box ? instant(box.dataset.ends) - now() : 0;
    if (!form || asked || left <= 0 || left > box.dataset.warn * 1000) return;
    asked = true;
    const dialog = document.createElement('dialog');
    const text = box.querySelector('p').cloneNode(true);
    const more = form.cloneNode(true);
    text.id = 'time-out';
    dialog.setAttribute('aria-labelledby', text.id);
    more.querySelector('button').className = 'main';
    const close = document.createElement('button');
    close.className = 'quiet';
    close.textContent = box.dataset.close;
    close.addEventListener('click', () => dialog.close());
    dialog.append(text, more, close);
    document.body.append(dialog);
    dialog.showModal();
  };

  // Looks again whether something has happened, without touching what is being typed.
  const parts = ['delivery', 'clocks'];
  const again = () => {
    const waiting = document.querySelector('[data-again]');
    if (!waiting) return;
    setTimeout(async () => {
      if (!document.hidden) {
        try {
          const answer = await fetch(location.href, { credentials: 'same-origin' });
          const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
          const same = (what) => (page.querySelector(what) || {}).textContent === (document.querySelector(what) || {}).textContent;
          if (!answer.ok || answer.redirected || !same('h1') || (waiting.matches('.waiting') && !same('main form'))) {
            location.reload();
            return;
          }
          for (const id of parts) {
            const fresh = page.getElementById(id);
            const shown = document.getElementById(id);
            if (!fresh || !shown) continue;
            localize(fresh);
            if (fresh.textContent !== shown.textContent) shown.replaceChildren(...fresh.childNodes);
          }
          tick();
        } catch (error) {
          if (waiting.matches('.waiting')) location.reload();
          return;
        }
      }
      again();
    }, waiting.dataset.again * 1000);
  };

  // Show and hide what is typed.
  for (const button of all('[data-reveal]')) {
    const input = document.getElementById(button.dataset.reveal);
    const words = [button.textContent, button.dataset.hide];
    button.hidden = false;
    button.setAttribute('aria-label', button.dataset.label);
    button.setAttribute('aria-pressed', 'false');
    button.addEventListener('click', () => {
      const show = input.type === 'password';
      input.type = show ? 'text' : 'password';
      button.textContent = words[show ? 1 : 0];
      button.setAttribute('aria-pressed', String(show));
      input.focus();
    });
    // So that the browser does not remember it as an ordinary line.
    input.form.addEventListener('submit', () => { input.type = 'password'; });
  }

  // Copy and print what is to be kept.
  for (const button of all('[data-copy]')) {
    button.hidden = !navigator.clipboard;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.done;
    });
  }
  for (const button of all('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => print());
  }

  // One press is enough; the server would take a second one as the first.
  for (const form of all('form[data-once]')) {
    let sent = 0;
    form.addEventListener('submit', (event) => {
      if (Date.now() - sent < 5000) event.preventDefault();
      else sent = Date.now();
    });
    addEventListener('pageshow', () => { sent = 0; });
  }

  const errors = document.querySelector('.errors');
  if (errors) errors.focus();
  localize(document);
  if (document.querySelector('[data-ends],[data-available]')) {
    tick();
    setInterval(tick, 1000);
  }
  again();
})();
