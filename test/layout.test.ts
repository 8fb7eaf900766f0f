/** Enforces laws 1.5 and 1.6 and the import rules of the design on the real tree, and shows that the checker can fail. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkLayout, type Finding, MAY_IMPORT, roomOf } from './support/layout.ts';
import { codeOnly, importsOf, resolveImport, type SourceFile } from './support/source-text.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

function readTree(folder: string): readonly SourceFile[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .map((name) => ({ path: name, text: readFileSync(path.join(root, name), 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const shown = (finding: Finding): string =>
  `${finding.path}:${finding.line} ${finding.rule}: ${finding.what}`;

/** Findings for a few files given as path → text. */
const findingsIn = (files: Record<string, string>): readonly string[] =>
  checkLayout(Object.entries(files).map(([path, text]) => ({ path, text }))).map(
    ({ path, line, rule }) => `${path}:${line} ${rule}`,
  );

/** A tree in which `from` imports `to`. */
const oneImport = (from: string, to: string): readonly string[] => {
  const up = '../'.repeat(from.split('/').length - 1);
  return findingsIn({ [to]: 'export const x = 1;', [from]: `import { x } from '${up}${to}';` });
};

describe('the real tree', () => {
  const files = ['sim', 'policies', 'proxies'].flatMap(readTree);

  it('is found', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.some((file) => file.path === 'sim/engine/calendar.ts')).toBe(true);
  });

  it('keeps the rules', () => {
    expect(checkLayout(files).map(shown)).toEqual([]);
  });

  it('has no file that only tests import, but entries and the rules named here', () => {
    const imported = new Set(
      files.flatMap(({ path: from, text }) =>
        importsOf(text).map(({ specifier }) => resolveImport(from, specifier)),
      ),
    );
    const others = files.map((file) => file.path).filter((file) => !imported.has(file));
    expect(others).toEqual([...ENTRIES, ...ASKED_BY_CONFORMANCE_ALONE].sort());
  });

  it('says at the head of these rules, and of no other file, that no run uses them', () => {
    const heads = files.map(({ path: file, text }) => ({ file, head: text.slice(0, text.indexOf('*/')) }));
    const saying = heads.filter(({ head }) => head.replace(/\s+\* /g, ' ').includes('No run uses it yet'));
    expect(saying.map(({ file }) => file).sort()).toEqual(ASKED_BY_CONFORMANCE_ALONE);
  });
});

const ENTRIES = ['sim/cli/main.ts', 'sim/index.ts'];
/** Rules of upstream that recorded tables already hold, and that no run uses yet. */
const ASKED_BY_CONFORMANCE_ALONE = [
  'sim/network/conntrack.ts',
  'sim/node/cgroups.ts',
  'sim/node/graceful-shutdown.ts',
  'sim/node/oom-score.ts',
];

/** Code written for speed: its naive twin, which is its oracle in tests, and its bench. */
const HOT_PATHS: readonly {
  readonly files: readonly string[];
  readonly twin: string;
  readonly bench: string;
}[] = [
  {
    files: ['calendar', 'event-slots', 'key-heap', 'rung'].map((name) => `sim/engine/${name}.ts`),
    twin: 'engine/naive-calendar',
    bench: 'hold',
  },
  {
    files: [
      ...['node-order', 'resource-columns', 'snapshot'].map((name) => `sim/scheduler/cache/${name}.ts`),
      ...['node-priorities', 'node-search', 'remembered-search', 'row-filter', 'shape-memo', 'valuation'].map(
        (name) => `sim/scheduler/search/${name}.ts`,
      ),
      ...['filtering', 'plugin', 'strategies'].map((name) => `policies/node-resources-fit/${name}.ts`),
    ],
    twin: 'scheduler/naive-scheduler',
    bench: 'scheduler',
  },
  {
    files: ['watch', 'watch-index', 'node-watches'].map((name) => `sim/apiserver/${name}.ts`),
    twin: 'apiserver/naive-watch',
    bench: 'apiserver',
  },
  {
    files: ['cache-index', 'object-cache'].map((name) => `sim/client/${name}.ts`),
    twin: 'client/naive-cache',
    bench: 'apiserver',
  },
];

describe('hot paths', () => {
  const tests = readTree('test');

  it('are these and no others', () => {
    const marked = ['sim', 'policies', 'proxies']
      .flatMap(readTree)
      .filter(({ text }) => text.includes('HOT PATH'))
      .map((file) => file.path);
    expect(marked.sort()).toEqual(HOT_PATHS.flatMap(({ files }) => files).sort());
  });

  it.each(HOT_PATHS)('$twin is the oracle of a test, and there is a bench $bench', ({ twin, bench }) => {
    const users = tests.filter(
      ({ path, text }) => path.endsWith('.test.ts') && text.includes(`/${twin}.ts'`),
    );
    expect(users.length).toBeGreaterThan(0);
    expect(tests.map((file) => file.path)).toContain(`test/bench/${bench}.ts`);
  });
});

describe('tests', () => {
  const source = ['sim', 'policies', 'proxies'].flatMap(readTree).map((file) => file.path);
  /** `test/api/schema/a.ts` mirrors `sim/api/schema`, `test/policies/a.ts` mirrors `policies`. */
  const mirrored = (file: string): string => {
    const folder = path.posix
      .dirname(file)
      .replace(/^test\//, '')
      .replace(/\/fixtures$/, '');
    return /^(?:policies|proxies)\b/.test(folder) ? folder : `sim/${folder}`;
  };
  const tests = readTree('test').filter((file) => Object.hasOwn(MAY_IMPORT, file.path.split('/')[1]!));

  it('stand in folders that the source has too', () => {
    const folders = new Set(source.map((file) => path.posix.dirname(file)));
    expect(tests.map((file) => file.path).filter((file) => !folders.has(mirrored(file)))).toEqual([]);
  });

  it('of one folder stand in its mirror', () => {
    const strays = tests.filter(({ path: file, text }) => {
      const mirror = mirrored(file);
      const room = roomOf(`${mirror}/`);
      const looksInto = importsOf(text)
        .map(({ specifier }) => resolveImport(file, specifier) ?? '')
        .filter((target) => roomOf(target) === room)
        .map((target) => path.posix.dirname(target));
      const [folder] = looksInto;
      return new Set(looksInto).size === 1 && !`${mirror}/`.startsWith(`${folder}/`);
    });
    expect(strays.map((file) => file.path)).toEqual([]);
  });
});

describe('who may import whom', () => {
  it('allows what the arrows allow', () => {
    const chain = [
      'engine',
      'api',
      'apiserver',
      'client',
      'scheduler',
      'scenario',
      'experiment',
      'library',
      'cli',
    ];
    for (const [i, from] of chain.entries()) {
      for (const to of chain.slice(0, i)) expect(oneImport(`sim/${from}/a.ts`, `sim/${to}/b.ts`)).toEqual([]);
    }
  });

  it('has no two rooms that may import each other', () => {
    for (const [room, targets] of Object.entries(MAY_IMPORT)) {
      for (const target of targets) expect(MAY_IMPORT[target]).not.toContain(room);
    }
  });

  it.each([
    ['sim/engine/a.ts', 'sim/api/b.ts'],
    ['sim/api/a.ts', 'sim/store/b.ts'],
    ['sim/client/a.ts', 'sim/store/b.ts'],
    ['sim/scheduler/a.ts', 'sim/controllers/b.ts'],
    ['sim/scheduler/a.ts', 'sim/world/b.ts'],
    ['sim/controllers/job/a.ts', 'sim/world/b.ts'],
    ['sim/node/a.ts', 'sim/network/b.ts'],
    ['sim/network/a.ts', 'sim/node/b.ts'],
    ['sim/workload/a.ts', 'sim/world/b.ts'],
    ['sim/metrics/a.ts', 'sim/scheduler/b.ts'],
    ['sim/report/a.ts', 'sim/experiment/b.ts'],
    ['sim/scheduler/a.ts', 'policies/b.ts'],
    ['sim/network/a.ts', 'proxies/b.ts'],
    ['sim/experiment/run.ts', 'policies/b.ts'],
    ['sim/experiment/worker.ts', 'policies/b.ts'],
    ['sim/experiment/worker.ts', 'sim/cli/b.ts'],
    ['sim/experiment/a.ts', 'sim/library/b.ts'],
    ['sim/library/a.ts', 'sim/cli/b.ts'],
    ['sim/library/a.ts', 'policies/b.ts'],
    ['sim/index.ts', 'sim/cli/b.ts'],
    ['sim/experiment/run.ts', 'sim/registries.ts'],
    ['sim/scenario/a.ts', 'sim/registries.ts'],
    ['sim/cli/a.ts', 'sim/index.ts'],
    ['sim/cli/run.ts', 'policies/b.ts'],
    ['policies/a.ts', 'policies/b.ts'],
    ['policies/a.ts', 'sim/client/b.ts'],
    ['proxies/iptables/a.ts', 'proxies/ipvs/b.ts'],
    ['proxies/a.ts', 'policies/b.ts'],
    ['proxies/a.ts', 'sim/network/traffic.ts'],
    ['policies/a.ts', 'sim/scheduler/scheduler.ts'],
    ['sim/engine/a.ts', 'sim/index.ts'],
  ])('refuses %s → %s', (from, to) => {
    expect(oneImport(from, to)).toEqual([`${from}:1 direction`]);
  });

  it.each([
    ['sim/cli/run.ts', 'sim/registries.ts'],
    ['sim/library/a.ts', 'sim/registries.ts'],
    ['sim/library/a.ts', 'sim/report/b.ts'],
    ['sim/registries.ts', 'policies/b.ts'],
    ['sim/registries.ts', 'sim/scheduler/b.ts'],
    ['sim/index.ts', 'proxies/b.ts'],
    ['sim/index.ts', 'sim/registries.ts'],
    ['sim/experiment/worker.ts', 'sim/registries.ts'],
    ['policies/index.ts', 'policies/b.ts'],
    ['proxies/ipvs/a.ts', 'proxies/ipvs/b.ts'],
    ['sim/faults/a.ts', 'sim/world/b.ts'],
  ])('lets %s → %s pass', (from, to) => {
    expect(oneImport(from, to)).toEqual([]);
  });

  it('sees type-only, re-exporting, dynamic and many-line imports', () => {
    const forms = [
      "import type { x } from '../api/b.ts';",
      "export * from '../api/b.ts';",
      "const b = import('../api/b.ts');",
      "import {\n  x,\n  type Y,\n} from '../api/b.ts';",
      "import '../api/b.ts';",
      "let y: import('../api/b.ts').Y;",
    ];
    for (const form of forms) {
      expect(findingsIn({ 'sim/api/b.ts': '', 'sim/engine/a.ts': form })).toEqual([
        'sim/engine/a.ts:1 direction',
      ]);
    }
    expect(
      findingsIn({
        'sim/api/b.ts': '',
        'sim/engine/a.ts': "// import '../api/b.ts'\nconst s = \"import '../api/b.ts'\";",
      }),
    ).toEqual([]);
  });

  it('refuses rooms that stand in no table, and imports of files that do not exist', () => {
    expect(findingsIn({ 'sim/utils/a.ts': '' })).toEqual(['sim/utils/a.ts:1 unknown room']);
    expect(findingsIn({ 'sim/api/a.ts': "import './gone.ts';" })).toEqual(['sim/api/a.ts:1 missing file']);
  });
});

describe('cycles', () => {
  it('are found, each once, also through types and long ways round', () => {
    const tree = {
      'sim/api/a.ts': "import type { B } from './b.ts';",
      'sim/api/b.ts': "import { c } from './c.ts';",
      'sim/api/c.ts': "export * from './a.ts';",
      'sim/api/d.ts': "import './a.ts';",
    };
    expect(findingsIn(tree)).toEqual(['sim/api/a.ts:0 cycle']);
    expect(findingsIn({ 'sim/api/a.ts': "import './a.ts';" })).toEqual(['sim/api/a.ts:0 cycle']);
    expect(findingsIn({ ...tree, 'sim/api/c.ts': '' })).toEqual([]);
  });
});

describe('cycles of folders inside a room', () => {
  const tree = {
    'sim/api/a/x.ts': "import type { Y } from '../b/y.ts';",
    'sim/api/b/y.ts': 'export const y = 1;',
    'sim/api/b/z.ts': "import '../c/z.ts';",
    'sim/api/c/z.ts': "import '../top.ts';",
    'sim/api/top.ts': "import './a/x.ts';",
  };

  it('are found though no file imports itself', () => {
    expect(findingsIn({ ...tree, 'sim/api/c/w.ts': "import '../a/x.ts';" })).toEqual(['sim/api/a:0 cycle']);
  });

  it('do not go through the files at its top', () => {
    expect(findingsIn(tree)).toEqual([]);
  });
});

describe('banned words', () => {
  it.each([
    'const t = Date.now();',
    'const t = new Date();',
    'const t = Date();',
    'const t = performance.now();',
    'const r = Math.random();',
    'setTimeout(f, 1);',
    'async function f() {}',
    'const p: Promise<number> = q;',
    'const home = process.env.HOME;',
    'a.localeCompare(b);',
    'new Intl.Collator();',
    'const e = Math.exp(1);',
    'const e = 10 ** n;',
    'x **= 2;',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
    'const s = `${Math.log(2)}`;',
    'const r = /x/; const t = Date.now();',
  ])('refuse %s in model code', (text) => {
    expect(findingsIn({ 'sim/node/a.ts': `\n${text}` })).toEqual(['sim/node/a.ts:2 banned word']);
    expect(findingsIn({ 'policies/a.ts': text })).toEqual(['policies/a.ts:1 banned word']);
    expect(findingsIn({ 'sim/cli/a.ts': text })).toEqual([]);
  });

  it.each([
    '// Date.now() is not used',
    '/* Math.random */',
    "const s = 'Date.now()';",
    'const s = `Math.exp`;',
    'const d = new Date(ms);',
    'const r = /Date.now()/;',
    'const q = a / b; const c = d / e;',
    'const q = a[0]! / b! / f()!; /** Date.now() */',
    'if (!/Date.now()/.test(s)) f();',
    'const x = 2 ** 53 + Math.sqrt(2) + Math.floor(y);',
    'const big = 10n ** 3n;',
    'const processed = 1; const awaiting = 2;',
  ])('let %s pass', (text) => {
    expect(findingsIn({ 'sim/node/a.ts': text })).toEqual([]);
  });

  it('let the one module of transcendental functions use them', () => {
    expect(findingsIn({ 'sim/engine/maths.ts': 'const x = Math.exp(1);' })).toEqual([]);
  });

  it('refuse default exports everywhere, and node: modules in model code', () => {
    expect(findingsIn({ 'sim/cli/a.ts': 'export default 1;' })).toEqual(['sim/cli/a.ts:1 default export']);
    expect(findingsIn({ 'sim/cli/a.ts': 'export { x as default };' })).toEqual([
      'sim/cli/a.ts:1 default export',
    ]);
    expect(findingsIn({ 'sim/node/a.ts': "import { readFileSync } from 'node:fs';" })).toEqual([
      'sim/node/a.ts:1 node module',
    ]);
    expect(findingsIn({ 'sim/scenario/a.ts': "import { readFileSync } from 'node:fs';" })).toEqual([]);
  });
});

describe('the reader of sources', () => {
  it('keeps line numbers and the code inside templates', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
    const code = codeOnly("a /* x\n y */ b `t\n${c('}') + `${d}`}` // e\nf '\\'' /[/'\"]/.test(g)");
    expect(code.split('\n').length).toBe(4);
    for (const letter of ['a', 'b', 'c', 'd', 'f', 'g']) expect(code).toMatch(new RegExp(`\\b${letter}\\b`));
    for (const letter of ['x', 'y', 't', 'e']) expect(code).not.toMatch(new RegExp(`\\b${letter}\\b`));
  });

  it('gives specifiers with their lines', () => {
    expect(importsOf("\nimport a from 'x';\nexport { b } from './y.ts';")).toEqual([
      { specifier: 'x', line: 2 },
      { specifier: './y.ts', line: 3 },
    ]);
  });
});
