/** `kubedes schema`: every CSV column with unit and meaning, or the JSON Schema of the scenario file. */
import type { CommandModule } from 'yargs';
import { COMPARISON_COLUMNS } from '../experiment/compare/index.ts';
import { type Column, CSV_FILES } from '../metrics/index.ts';
import { scenarioJsonSchema } from '../scenario/index.ts';
import { formatTable } from './table.ts';

interface SchemaArguments {
  what: string;
  json: boolean;
}

const SCENARIO = 'scenario';
/** Every CSV file that any command writes. */
const FILES: ReadonlyMap<string, readonly Column[]> = new Map<string, readonly Column[]>([
  ...Object.entries(CSV_FILES),
  ['comparison', COMPARISON_COLUMNS],
]);

export const schemaCommand: CommandModule<object, SchemaArguments> = {
  command: 'schema [what]',
  describe: 'Show the columns of the CSV files, or the JSON Schema of scenario files',
  builder: (yargs) =>
    yargs
      .positional('what', { choices: ['csv', SCENARIO, ...FILES.keys()], default: 'csv', type: 'string' })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON' })
      .example('$0 schema pods', 'the columns of pods.csv')
      .example('$0 schema scenario > scenario.schema.json', 'for your editor'),
  handler: ({ what, json }) => {
    if (what === SCENARIO) return console.log(JSON.stringify(scenarioJsonSchema(), undefined, 2));
    const files = [...FILES].filter(([name]) => what === 'csv' || name === what);
    if (json) console.log(JSON.stringify(Object.fromEntries(files), undefined, 2));
    else for (const [name, columns] of files) printColumns(name, columns);
  },
};

function printColumns(name: string, columns: readonly Column[]): void {
  const rows = columns.map((column) => [column.name, column.unit, column.meaning]);
  console.log(`${name}.csv\n${formatTable(['COLUMN', 'UNIT', 'MEANING'], rows)}\n`);
}
