// Ticks off the rules and estimates strength while a new password is typed. The server decides.
(() => {
  'use strict';
  const input = document.querySelector('input[autocomplete="new-password"]');
  const meter = document.querySelector('[data-strength]');
  if (!input || !meter) return;

  const user = (document.querySelector('input[autocomplete="username"]') || {}).value || '';
  const own = user.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 3);
  const common = ['password', 'passwort', 'contrasena', 'contraseña', 'motdepasse', 'senha', 'welcome', 'bienvenido',
    'letmein', 'qwerty', 'azerty', 'qwertz', 'admin', 'login', 'secret', 'changeme', 'monkey', 'dragon', 'master',
    'football', 'baseball', 'iloveyou', 'princess', 'sunshine', 'shadow', 'winter', 'spring', 'summer', 'autumn',
    'company', 'office', 'test', 'user', 'hello', 'hola'];
  const runs = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

  // What a guesser would try first counts as one character.
  const shortened = (text) => {
    let rest = text.toLowerCase().replace(/0/g, 'o').replace(/[@4]/g, 'a').replace(/3/g, 'e').replace(/[$5]/g, 's');
    if (!common.concat(own).some((word) => rest.includes(word))) rest = text.toLowerCase();
    for (const word of common.concat(own)) rest = rest.split(word).join('\u0001');
    rest = rest.replace(/(.+?)\1+/gu, '$1').replace(/(19|20)\d\d/g, '\u0001');
    for (const run of runs)
      for (let size = run.length; size > 2; --size)
        for (let from = 0; from + size <= run.length; ++from)
          rest = rest.split(run.slice(from, from + size)).join('\u0001');
    return rest;
  };
  const bits = (text) => [...shortened(text)].reduce(
    (sum, c) => sum + (/\p{L}/u.test(c) ? 2.3 : /\p{N}/u.test(c) ? 2.6 : c === '\u0001' ? 2 : c === ' ' ? 1 : 4), 0);

  const met = {
    length: (text, value) => [...text.normalize('NFC')].length >= value,
    name: (text) => text !== '' && !own.some((word) => text.toLowerCase().includes(word)),
  };
  let later;
  const look = () => {
    const text = input.value;
    let level = [30, 40, 55].filter((least) => bits(text) >= least).length;
    for (const rule of document.querySelectorAll('[data-rule]')) {
      if (!met[rule.dataset.rule]) continue;
      const good = met[rule.dataset.rule](text, Number(rule.dataset.value));
      if (!good) level = Math.min(level, 1);
      rule.classList.toggle('met', good);
      const heard = rule.querySelector('[data-met]');
      heard.textContent = good ? ' ' + heard.dataset.met : '';
    }
    meter.hidden = text === '';
    // Spoken once, when typing pauses; until then no word beside marks that it does not fit.
    const word = meter.querySelector('p');
    if (word.textContent !== meter.dataset[level]) word.textContent = '';
    meter.className = 'strength s' + level;
    clearTimeout(later);
    later = setTimeout(() => { word.textContent = meter.dataset[level]; }, 400);
  };
  input.addEventListener('input', look);
  look();
})();
