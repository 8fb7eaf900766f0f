/** Manifests: any number of documents and lists, every object decoded and checked, every mistake with its position. */

import { closestWord, type Diagnostic, didYouMean, type Position, sortDiagnostics } from '../diagnostic.ts';
import { isRecord } from '../json.ts';
import { decodeObject } from '../objects.ts';
import { type ResourceName, resourceOfKind, resources } from '../resources.ts';
import { type DecodeIssue, printPath } from '../schema/decode.ts';
import type { Draft, KubernetesObject } from '../types/meta.ts';
import { checkAnnotations } from './annotation-check.ts';
import { firstOddBlank, ordinaryBlanks } from './blanks.ts';
import { convertServedVersion } from './conversion.ts';
import { ExportedObjects, withoutSystemMetadata } from './exported.ts';
import { numbered } from './numbered.ts';
import { checkSemantics } from './semantics.ts';
import { unknownType } from './unknown-type.ts';
import { readYaml, type YamlDocument } from './yaml.ts';

export interface ManifestObject {
  readonly resource: ResourceName;
  /** As written, in canonical form; defaults are filled in when it is created. */
  readonly object: Draft<KubernetesObject>;
  readonly position: Position;
}

export interface Manifest {
  /** The objects without errors, in the order of the file. */
  readonly objects: readonly ManifestObject[];
  /** By position. Warnings do not keep an object out, except for kinds that are left out as a whole. */
  readonly diagnostics: readonly Diagnostic[];
}

type Path = readonly (string | number)[];
type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the text of a manifest file; `file` is the name shown in diagnostics. Never throws.
 * `count`: so many copies of its objects, the whole file in turn, numbered by `<n>`; the first copy with a mistake is the last.
 */
export function readManifest(file: string, text: string, count?: number): Manifest {
  const { text: ordinary, lines } = ordinaryBlanks(text);
  const yaml = readYaml(file, ordinary);
  const diagnostics = [...yaml.diagnostics];
  if (lines.length > 0) diagnostics.push(blanksWarning(file, text, lines));
  const objects: ManifestObject[] = [];
  for (let n = 0; n < (count ?? 1); n++) {
    const copy = new Reader();
    for (const document of yaml.documents) {
      const value = count === undefined ? document.value : numbered(document.value, n);
      if (value !== null && value !== undefined) copy.read(document, [], value);
    }
    objects.push(...copy.objects);
    const failed = copy.diagnostics.some((problem) => problem.severity === 'error');
    if (n === 0 || failed) diagnostics.push(...copy.diagnostics, ...copy.exported.warnings);
    if (failed) break;
  }
  return { objects, diagnostics: sortDiagnostics(diagnostics) };
}

function blanksWarning(file: string, text: string, lines: readonly number[]): Diagnostic {
  const first = lines[0] ?? 1;
  const line = text.split('\n')[first - 1] ?? '';
  const column = firstOddBlank(line) + 1;
  const where = lines.length === 1 ? `line ${first} has` : `lines ${lines.join(', ')} have`;
  return {
    file,
    line: first,
    column: Math.max(column, 1),
    severity: 'warning',
    message: `${where} full-width or other Unicode blanks; they are read as ordinary spaces`,
    hint: 'kubectl does not accept them: replace them by spaces in the file',
  };
}

/** The field that was meant. It has been left out: what follows from its absence is no mistake of its own. */
function writtenPath(issue: DecodeIssue): Path {
  if (issue.kind === 'type') return issue.path;
  return [...issue.path.slice(0, -1), closestWord(issue.found, issue.known) ?? issue.found];
}

const startsWith = (path: Path, prefix: Path): boolean => prefix.every((step, i) => path[i] === step);

class Reader {
  readonly objects: ManifestObject[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly exported = new ExportedObjects();

  /** One object, or a list of objects, that stands at `path` of the document. */
  read(document: YamlDocument, path: Path, value: unknown): void {
    if (!isRecord(value)) {
      this.#error(document, path, {
        message: 'a Kubernetes object is expected here',
        found: Array.isArray(value) ? 'a list' : JSON.stringify(value),
        expected: 'a map with apiVersion, kind and metadata',
      });
      return;
    }
    const { apiVersion, kind, items } = value;
    if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
      for (const [i, item] of items.entries()) this.read(document, [...path, 'items', i], item);
    } else if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
      this.#untyped(document, path, value);
    } else this.#typed(document, path, apiVersion, kind, value);
  }

  #typed(document: YamlDocument, path: Path, apiVersion: string, kind: string, value: Json): void {
    const served = convertServedVersion(apiVersion, kind, value);
    const resource = resourceOfKind(served?.apiVersion ?? apiVersion, kind);
    if (resource !== undefined) this.#object(document, path, resource, served?.value ?? value);
    else {
      const { field, ...problem } = unknownType(apiVersion, kind);
      this.diagnostics.push({ ...document.positionOf([...path, field]), ...problem });
    }
  }

  #object(document: YamlDocument, path: Path, resource: ResourceName, value: Json): void {
    const { value: decoded, issues } = decodeObject(resource, value);
    const object = withoutSystemMetadata(decoded);
    for (const issue of issues) this.#issue(document, path, issue);
    const excused = issues.map(writtenPath);
    const problems = [
      ...checkAnnotations(object),
      ...checkSemantics(resource, object).filter(
        ({ path: field }) => !excused.some((p) => startsWith(field, p)),
      ),
    ];
    for (const { path: field, ...problem } of problems) {
      this.diagnostics.push({ ...document.positionOf([...path, ...field]), ...problem });
    }
    if (issues.length > 0 || problems.some((problem) => problem.severity === 'error')) return;
    this.exported.note(document, path, decoded);
    this.objects.push({ resource, object, position: document.positionOf(path) });
  }

  #issue(document: YamlDocument, path: Path, issue: DecodeIssue): void {
    const field = printPath(issue.path);
    if (issue.kind === 'type') {
      const { found, expected } = issue;
      this.#error(document, [...path, ...issue.path], {
        message: `${field} has the wrong type`,
        found,
        expected,
      });
      return;
    }
    const hint = didYouMean(issue.found, issue.known) ?? `known here: ${[...issue.known].sort().join(', ')}`;
    const position = document.positionOf([...path, ...issue.path], 'key');
    this.diagnostics.push({
      ...position,
      severity: 'error',
      message: `unknown field ${field}`,
      found: issue.found,
      hint,
    });
  }

  #untyped(document: YamlDocument, path: Path, { apiVersion, kind }: Json): void {
    const missing = (['apiVersion', 'kind'] as const).filter(
      (field) => typeof { apiVersion, kind }[field] !== 'string',
    );
    const known =
      typeof kind === 'string' ? Object.values(resources).find((row) => row.kind === kind) : undefined;
    const hint = known === undefined ? undefined : `add apiVersion: ${known.apiVersion}`;
    this.#error(document, path, { message: `${missing.join(' and ')} missing`, expected: 'text', hint });
  }

  #error(document: YamlDocument, path: Path, problem: Omit<Diagnostic, keyof Position | 'severity'>): void {
    this.diagnostics.push({ ...document.positionOf(path), severity: 'error', ...problem });
  }
}
