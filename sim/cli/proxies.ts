/** `kubedes proxies`: the kube-proxy modes there are. */
import type { CommandModule } from 'yargs';
import { loadRegistries } from '../registries.ts';
import { formatTable } from './table.ts';

export const proxiesCommand: CommandModule<object, { json: boolean }> = {
  command: 'proxies',
  describe: 'List the kube-proxy modes there are',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 proxies', 'names for --proxies and proxyMode'),
  handler: ({ json }) => {
    const rows = [...loadRegistries().proxies.values()].map(({ name, meaning, source }) => ({
      name,
      meaning,
      source,
    }));
    if (json) console.log(JSON.stringify(rows, undefined, 2));
    else
      console.log(
        formatTable(
          ['MODE', 'RULE', 'SOURCE'],
          rows.map(({ name, meaning, source }) => [name, meaning, source]),
        ),
      );
  },
};
