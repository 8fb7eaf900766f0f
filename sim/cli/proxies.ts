/** `kubedes proxies`: the kube-proxy modes there are. */
import type { CommandModule } from 'yargs';
import { loadRegistries } from '../registries.ts';
import { printRegistered } from './registered.ts';

export const proxiesCommand: CommandModule<object, { json: boolean }> = {
  command: 'proxies',
  describe: 'List the kube-proxy modes there are',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 proxies', 'names for --proxies and proxyMode'),
  handler: ({ json }) => printRegistered('MODE', loadRegistries().proxies.values(), json),
};
