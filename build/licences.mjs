import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenceList } from './packaging/licences.mjs';
import { productionDependencies } from './packaging/lockfile.mjs';
import { ROOT } from './paths.mjs';

// After the lock file has changed: a test says so.
writeFileSync(join(ROOT, 'docs', 'LICENCES.md'), licenceList(productionDependencies(ROOT)));
