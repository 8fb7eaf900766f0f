import { writeFileSync } from 'node:fs';
import { README, readReadme, withGenerated } from './readme.ts';

writeFileSync(README, withGenerated(readReadme(), true));
