/** `kubedes schema`: every CSV column with unit and meaning, or the JSON Schema of the scenario file. */
import type { CommandModule } from 'yargs';
import { CSV_FILES, CSV_NAMES, type CsvName } from '../metrics/index.ts';
import { scenarioJsonSchema } from '../scenario/index.ts';
import { formatTable } from './table.ts';

interface SchemaArguments {
  what: string;
  json: boolean;
}

const SCENARIO = 'scenario';

export const schemaCommand: CommandModule<object, SchemaArguments> = {
  command: 'schema [what]',
  describe: 'Show the columns of the CSV files, or the JSON Schema of scenario files',
  builder: (yargs) =>
    yargs
      .positional('what', { choices: ['csv', SCENARIO, ...CSV_NAMES], default: 'csv', type: 'string' })
      .option('json', { type: 'boolean', default: false, describe: 'Print as JSON' })
      .example('$0 schema pods', 'the columns of pods.csv')
      .example('$0 schema scenario > scenario.schema.json', 'for your editor'),
  handler: ({ what, json }) => {
    if (what === SCENARIO) return console.log(JSON.stringify(scenarioJsonSchema(), undefined, 2));
    const names = CSV_NAMES.filter((name) => what === 'csv' || name === what);
    if (json)
      console.log(
        JSON.stringify(Object.fromEntries(names.map((name) => [name, CSV_FILES[name]])), undefined, 2),
      );
    else for (const name of names) printColumns(name);
  },
};

function printColumns(name: CsvName): void {
  const rows = CSV_FILES[name].map((column) => [column.name, column.unit, column.meaning]);
  console.log(`${name}.csv\n${formatTable(['COLUMN', 'UNIT', 'MEANING'], rows)}\n`);
}
