// The routes of the pages as tests/journeys/routes_test.cpp lists them, which fails unless they are the very ones that there are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { source } from '../browser/support/processes.mjs';

const listed = readFileSync(join(source, 'tests/journeys/routes_test.cpp'), 'utf8');
const list = (name) => listed.split(`${name}{`)[1].split('\n};')[0].match(/[A-Z]+ \/[^"]*/g);

/** All that is open to anyone. */
export const openRoutes = list('kForAnyone');
/** All that take a form: of those that only show something, the one that is asked by a form. */
export const formRoutes = [...openRoutes, ...list('kForThoseSignedIn')].filter((route) => /^POST|^GET \/message$/.test(route)).sort();

const patterns = (routes) => routes.map((route) => [route, new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`)]);
const known = patterns([...new Set([...openRoutes, ...formRoutes])]);

/** The route that such a call goes; what is none of them stays as it is. */
export const routeOf = (method, path) => known.find(([, pattern]) => pattern.test(`${method} ${path}`))?.[0] ?? `${method} ${path}`;
